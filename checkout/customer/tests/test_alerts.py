"""Back in stock: asked for, confirmed, told once and in order, forgotten."""

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from catalogue.factories import ChildFactory, ParentFactory, ProductFactory
from catalogue.partner.models import StockRecord
from checkout.conftest import Browser
from checkout.customer.alerts import services
from checkout.customer.alerts.selectors import TURN
from checkout.customer.alerts.services import alerts_clean, alerts_send
from checkout.customer.models import ProductAlert
from checkout.customer.services import account_delete
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

PASSWORD = "a fine day for tea"


@pytest.fixture
def lantern(db):
    return ProductFactory(title="Lantern", stockrecords__num_in_stock=0)


@pytest.fixture
def ada(db):
    user = User.objects.create_user("ada@example.org", PASSWORD)
    user.email_verified_at = clock.now()
    user.save()
    return user


@pytest.fixture
def account(ada):
    browser = Browser()
    browser.force_login(ada)
    return browser


def waiting(product, email="eve@example.org", **fields) -> ProductAlert:
    """A confirmed request."""
    alert = ProductAlert.objects.create(product=product, email=email)
    fields = {"status": ProductAlert.ACTIVE, "date_confirmed": clock.now()} | fields
    ProductAlert.objects.filter(pk=alert.pk).update(**fields)
    alert.refresh_from_db()
    return alert


def ask(browser, product, email="eve@example.org", prefix=""):
    return browser.post(
        f"{prefix}/accounts/alerts/create/{product.pk}/", {"email": email}
    )


def restock(product, pieces=5):
    """By SQL, as an import does it: nothing in the process hears of it."""
    StockRecord.objects.filter(product=product).update(
        num_in_stock=pieces, num_allocated=0
    )


def delivered():
    entries = OutboxEntry.objects.filter(task=services.MAIL_TASK, failed_at=None)
    for entry in entries.order_by("pk"):
        assert outbox_run(entry.pk)
    return mail.outbox


def path_in(message, start):
    return re.search(rf"http://[^/]+(\S*/accounts/alerts/{start}\S+)", message.body)[1]


# --- Asking -----------------------------------------------------------------------


def test_form_stands_on_the_page_of_what_is_sold_out_only(browser, lantern):
    page = browser.get(lantern.get_absolute_url()).content.decode()
    assert f'action="/accounts/alerts/create/{lantern.pk}/"' in page

    restock(lantern)
    page = browser.get(lantern.get_absolute_url()).content.decode()
    assert "/accounts/alerts/" not in page


def test_form_asks_for_the_variant_that_is_shown(browser, db):
    parent = ParentFactory(title="Jacket")
    there = ChildFactory(parent=parent, stockrecords__num_in_stock=3)
    gone = ChildFactory(parent=parent, stockrecords__num_in_stock=0)
    url = parent.get_absolute_url()

    assert (
        "alerts/create" not in browser.get(f"{url}?variant={there.pk}").content.decode()
    )
    page = browser.get(f"{url}?variant={gone.pk}").content.decode()
    assert f'action="/accounts/alerts/create/{gone.pk}/"' in page


def test_guest_confirms_by_the_link_and_is_told_once(browser, lantern):
    page = ask(browser, lantern, "Eve@Example.org")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert ProductAlert.objects.get().status == ProductAlert.UNCONFIRMED

    link = path_in(delivered()[0], "confirm/")
    assert browser.get(link).status_code == 200
    assert ProductAlert.objects.get().status == ProductAlert.UNCONFIRMED
    assert browser.post(link).url == lantern.get_absolute_url()
    assert browser.post(link).url == lantern.get_absolute_url()  # twice is no error

    restock(lantern)
    assert alerts_send() == 1
    assert alerts_send() == 0
    told = delivered()[1]
    assert told.to == ["eve@example.org"]
    assert told.subject == "“Lantern” is back"
    assert "€12.00" in told.body
    assert lantern.get_absolute_url() in told.body
    assert "<img" not in told.alternatives[0].content
    assert len(delivered()) == 2


def test_request_that_nobody_confirmed_is_never_told(browser, lantern):
    ask(browser, lantern)
    restock(lantern)

    assert alerts_send() == 0


def test_person_with_a_confirmed_address_needs_no_link(account, ada, lantern):
    page = ask(account, lantern, "ADA@example.org").content.decode()

    assert "You are on the list" in page
    alert = ProductAlert.objects.get()
    assert (alert.user, alert.status) == (ada, ProductAlert.ACTIVE)
    assert delivered() == []


def test_person_whose_address_is_not_confirmed_gets_the_link(account, ada, lantern):
    User.objects.update(email_verified_at=None)

    ask(account, lantern, "ada@example.org")

    assert ProductAlert.objects.get().status == ProductAlert.UNCONFIRMED
    assert len(delivered()) == 1


def test_somebody_elses_address_is_not_joined_to_the_account(account, lantern):
    ask(account, lantern, "eve@example.org")

    alert = ProductAlert.objects.get()
    assert (alert.user, alert.status) == (None, ProductAlert.UNCONFIRMED)


def test_answer_does_not_tell_whether_the_address_waits_already(browser, lantern):
    waiting(lantern)

    known = ask(browser, lantern, "eve@example.org").content.decode()
    new = ask(browser, lantern, "may@example.org").content.decode()

    assert known.replace("eve@", "x@") == new.replace("may@", "x@")
    assert [message.to for message in delivered()] == [["may@example.org"]]


def test_asking_again_sends_no_second_mail_before_a_day(browser, lantern):
    for _time in range(3):
        ask(browser, lantern)
    assert len(delivered()) == 1

    past = clock.now() - services.ASK_AGAIN_AFTER - timedelta(minutes=1)
    ProductAlert.objects.update(asked_at=past)
    ask(browser, lantern)
    assert len(delivered()) == 2
    assert ProductAlert.objects.count() == 1


def test_address_gets_a_few_first_mails_whoever_asks(browser, db):
    for _number in range(services.UNCONFIRMED_PER_ADDRESS + 3):
        ask(browser, ProductFactory(stockrecords__num_in_stock=0))

    assert len(delivered()) == services.UNCONFIRMED_PER_ADDRESS


def test_two_requests_at_the_same_moment_are_one(real_db):
    lantern = ProductFactory(stockrecords__num_in_stock=0)
    start = threading.Barrier(3)

    def request():
        start.wait()
        services.alert_request(product=lantern, email="eve@example.org", user=None)
        connection.close()

    threads = [threading.Thread(target=request) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ProductAlert.objects.count() == 1


def test_wrong_address_is_asked_for_again(browser, lantern):
    page = ask(browser, lantern, "nobody").content.decode()

    assert "Enter a valid email address" in page
    assert not ProductAlert.objects.exists()


def test_form_of_another_site_asks_for_a_confirmation_first(lantern):
    answer = Client(enforce_csrf_checks=True).post(
        f"/accounts/alerts/create/{lantern.pk}/",
        {"email": "eve@example.org"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert not ProductAlert.objects.exists()


def test_hidden_products_parents_and_what_is_in_stock_take_no_requests(browser, db):
    hidden = ProductFactory(is_public=False, stockrecords__num_in_stock=0)
    there = ProductFactory(stockrecords__num_in_stock=1)

    assert ask(browser, hidden).status_code == 404
    assert ask(browser, ParentFactory()).status_code == 404
    assert ask(browser, there).url == there.get_absolute_url()
    assert not ProductAlert.objects.exists()


def test_stale_or_forged_links_confirm_nothing(browser, lantern):
    ask(browser, lantern)
    link = path_in(delivered()[0], "confirm/")
    cancel = path_in(mail.outbox[0], "cancel/key/")
    forged = f"/accounts/alerts/confirm/{cancel.split('/')[-2]}/"

    browser.post(forged)
    assert ProductAlert.objects.get().status == ProductAlert.UNCONFIRMED
    ProductAlert.objects.all().delete()
    assert browser.post(link).url == "/"


# --- Telling ----------------------------------------------------------------------


def test_nothing_due_costs_one_statement(lantern, django_assert_num_queries):
    waiting(lantern)
    alerts_send()  # the shop's row is cached

    with django_assert_num_queries(1):
        assert alerts_send() == 0


def test_first_come_first_told_and_no_more_than_there_are_pieces(lantern):
    alerts = [waiting(lantern, f"p{number}@example.org") for number in range(5)]
    restock(lantern, 2)

    assert alerts_send() == 2
    assert alerts_send() == 0
    assert [message.to for message in delivered()] == [
        ["p0@example.org"],
        ["p1@example.org"],
    ]

    restock(lantern, 3)  # one more arrives the same day
    assert alerts_send() == 1
    ProductAlert.objects.update(date_closed=clock.now() - TURN)
    assert alerts_send() == 2  # a day later the pieces are still there
    assert ProductAlert.objects.filter(status=ProductAlert.CLOSED).count() == len(
        alerts
    )


def test_variant_is_told_for_itself_only(db):
    parent = ParentFactory(title="Jacket")
    small, large = (
        ChildFactory(parent=parent, stockrecords__num_in_stock=0) for _ in "ab"
    )
    waiting(small, "small@example.org")
    waiting(large, "large@example.org")
    restock(large)

    assert alerts_send() == 1
    assert [message.to for message in delivered()] == [["large@example.org"]]
    assert f"?variant={large.pk}" in mail.outbox[0].body


@pytest.mark.parametrize("hide", ["product", "parent", "price"])
def test_nobody_is_told_of_what_cannot_be_bought(hide, db):
    parent = ParentFactory(title="Jacket")
    price = {"stockrecords__price": None} if hide == "price" else {}
    child = ChildFactory(parent=parent, stockrecords__num_in_stock=5, **price)
    waiting(child)
    if hide != "price":
        hidden = child if hide == "product" else parent
        type(child).objects.filter(pk=hidden.pk).update(is_public=False)

    assert alerts_send() == 0


def test_pieces_that_are_ordered_already_do_not_count(lantern):
    waiting(lantern)
    StockRecord.objects.filter(product=lantern).update(num_in_stock=2, num_allocated=2)

    assert alerts_send() == 0


def test_mail_that_comes_too_late_is_not_sent_and_the_place_is_kept(lantern):
    alert = waiting(lantern)
    restock(lantern)
    alerts_send()
    restock(lantern, 0)

    assert delivered() == []
    alert.refresh_from_db()
    assert (alert.status, alert.date_closed) == (ProductAlert.ACTIVE, None)
    restock(lantern)
    assert alerts_send() == 1
    assert len(delivered()) == 1


def test_mails_speak_the_language_of_the_request(browser, lantern):
    ask(browser, lantern, prefix="/de")
    first = delivered()[0]
    assert "/de/accounts/alerts/confirm/" in first.body
    browser.post(path_in(first, "confirm/"))
    restock(lantern)

    alerts_send()
    assert "12,00 €" in delivered()[1].body.replace("\xa0", " ")
    assert f"/de/catalogue/lantern_{lantern.pk}/" in mail.outbox[1].body


def test_two_runs_at_once_tell_each_person_once_and_no_piece_twice(real_db):
    lantern = ProductFactory(stockrecords__num_in_stock=3)
    for number in range(6):
        waiting(lantern, f"p{number}@example.org")
    start, told = threading.Barrier(3), []

    def run():
        start.wait()
        told.append(alerts_send())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(told) == 3
    entries = OutboxEntry.objects.filter(task=services.MAIL_TASK)
    assert len({entry.kwargs["alert_id"] for entry in entries}) == len(entries) == 3


# --- Ending -----------------------------------------------------------------------


def test_link_in_the_mail_asks_and_then_deletes_the_request(browser, lantern):
    ask(browser, lantern)
    link = path_in(delivered()[0], "cancel/key/")

    assert "Lantern" in browser.get(link).content.decode()
    assert ProductAlert.objects.exists()
    browser.post(link)
    assert not ProductAlert.objects.exists()
    assert "deleted already" in browser.get(link).content.decode()


def test_account_lists_what_the_person_waits_for_and_cancels_it(account, ada, lantern):
    mine = waiting(lantern, ada.email, user=ada)
    other = waiting(ProductFactory(title="Tent"), "eve@example.org")

    page = account.get("/accounts/alerts/").content.decode()
    assert "Lantern" in page
    assert "Tent" not in page

    assert account.post(f"/accounts/alerts/cancel/{other.pk}/").status_code == 404
    assert account.get(f"/accounts/alerts/cancel/{mine.pk}/").status_code == 200
    account.post(f"/accounts/alerts/cancel/{mine.pk}/")
    assert list(ProductAlert.objects.all()) == [other]


def test_requests_go_with_the_account(ada, lantern):
    waiting(lantern, ada.email, user=ada)
    waiting(ProductFactory(), "ada@example.org")
    other = waiting(ProductFactory(), "eve@example.org")

    account_delete(user=ada)

    assert list(ProductAlert.objects.all()) == [other]


def test_unconfirmed_requests_are_deleted_and_old_ones_made_anonymous(ada, lantern):
    old = clock.now() - services.KEPT_FOR - timedelta(days=1)
    late = clock.now() - services.CONFIRM_FOR - timedelta(hours=1)
    unconfirmed = {"status": ProductAlert.UNCONFIRMED, "date_confirmed": None}
    waiting(lantern, "a@example.org", **unconfirmed, date_created=late)
    young = waiting(lantern, "b@example.org", **unconfirmed)
    patient = waiting(lantern, "c@example.org", date_created=old)
    sent = {"status": ProductAlert.CLOSED, "user": ada}
    told = waiting(lantern, "d@example.org", **sent, date_closed=old)
    lately = waiting(lantern, "e@example.org", **sent, date_closed=clock.now())

    assert alerts_clean() == (1, 1)
    assert alerts_clean() == (0, 0)
    kept = {each.pk: (each.email, each.user) for each in ProductAlert.objects.all()}
    assert kept == {
        young.pk: ("b@example.org", None),
        patient.pk: ("c@example.org", None),
        told.pk: ("", None),
        lately.pk: ("e@example.org", ada),
    }
