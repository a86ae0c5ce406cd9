"""Attacks with mails: bombing a mailbox, and taking an account over through the old one."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from checkout.order.models import CommunicationEvent
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.mail import mail_cooldown_start
from foundation.core.models import MailCooldown, OutboxEntry
from foundation.core.queueing import outbox_drain
from foundation.core.tasks import sent_mails_forget

PASSWORD, OTHER = "a fine day for tea", "another fine day"
DOORS = ["/accounts/register/", "/password-reset/", "/cms/password_reset/"]


@pytest.fixture(autouse=True)
def _many_clients(settings):
    """As if each request came from another client and each limit were far away."""
    settings.LIMITS = {name: {} for name in settings.LIMITS}


@pytest.fixture
def ada(db):
    return User.objects.create_superuser("ada@example.org", PASSWORD, first_name="Ada")


@pytest.fixture
def account(ada):
    browser = Browser()
    browser.post("/accounts/login/", {"username": ada.email, "password": PASSWORD})
    return browser


def recipients() -> Counter[str]:
    outbox_drain()
    return Counter(to for message in mail.outbox for to in message.to)


def link_to(email) -> str:
    outbox_drain()
    message = [each for each in mail.outbox if each.to == [email]][-1]
    return re.search(r"http://[^/]+(/\S+)", message.body)[1]


def links_in(message) -> list[str]:
    texts = [message.body, *(content for content, _kind in message.alternatives)]
    return [link for text in texts for link in re.findall(r"https?://[^\s\"<]+", text)]


# --- Bombing --------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["ada@example.org", "eve@example.org"])
@pytest.mark.parametrize("door", DOORS)
def test_thirty_requests_make_one_mail(ada, door, email):
    typed = [email, email.upper(), f" {email}"]
    answers = {
        Client()
        .post(door, {"email": typed[number % 3], "password1": PASSWORD})
        .status_code
        for number in range(30)
    }

    assert len(answers) == 1
    expected = 0 if email != ada.email and door != DOORS[0] else 1
    assert recipients()[email] == expected


def test_both_doors_of_a_forgotten_password_share_one_mail(ada):
    for door in DOORS[1:]:
        Client().post(door, {"email": ada.email})

    assert recipients() == {ada.email: 1}


def test_another_mail_is_sent_after_the_pause(ada):
    for age, mails in ((0, 1), (9, 1), (10, 2)):
        MailCooldown.objects.update(started_at=clock.now() - timedelta(minutes=age))
        Client().post("/password-reset/", {"email": ada.email})
        assert recipients()[ada.email] == mails


def test_verification_is_mailed_once(account, ada):
    for _ in range(30):
        account.post("/accounts/verify/")

    assert recipients() == {ada.email: 1}


def test_change_of_address_is_mailed_once(account):
    data = {"email": "vic@example.org", "password": PASSWORD}
    for _ in range(30):
        account.post("/accounts/profile/email/", data)

    assert recipients() == {"vic@example.org": 1}


def test_requests_at_the_same_moment_make_one_mail(real_db):
    for _round in ("new", "over"):
        MailCooldown.objects.update(started_at=clock.now() - timedelta(hours=1))
        barrier, starts = threading.Barrier(8), []

        def start(barrier=barrier, starts=starts):
            barrier.wait()
            starts.append(mail_cooldown_start(kind="reset", to="ada@example.org"))
            connection.close()

        threads = [threading.Thread(target=start) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(starts) == [False] * 7 + [True]


def test_pauses_hold_no_address_and_are_deleted_after_a_day(ada):
    Client().post("/password-reset/", {"email": ada.email})
    cooldown = MailCooldown.objects.get()
    assert "ada" not in cooldown.key

    sent_mails_forget()
    assert MailCooldown.objects.exists()
    MailCooldown.objects.update(started_at=clock.now() - timedelta(days=2))
    sent_mails_forget()
    assert not MailCooldown.objects.exists()


def test_guest_orders_send_five_confirmations_an_hour_and_lose_none(db):
    product = ProductFactory(stockrecords__num_in_stock=100)
    for _ in range(12):
        browser = Browser()
        browser.add(product)
        browser.give_details(email="vic@example.org")
        browser.choose_delivery()
        assert browser.place().url == "/checkout/thank-you/"

    sent = []
    for _hour in range(3):
        OutboxEntry.objects.update(available_at=clock.now())
        sent.append(recipients()["vic@example.org"])
        OutboxEntry.objects.update(available_at=clock.now())
        assert recipients()["vic@example.org"] == sent[-1]  # the hour is not over
        CommunicationEvent.objects.update(date_created=clock.now() - timedelta(hours=1))

    assert sent == [5, 10, 12]
    assert not OutboxEntry.objects.exists()


def test_alerts_of_one_address_are_confirmed_by_five_mails_at_most(db):
    for _ in range(10):
        product = ProductFactory(stockrecords__num_in_stock=0)
        for _again in range(3):
            Browser().post(
                f"/accounts/alerts/create/{product.pk}/", {"email": "vic@example.org"}
            )

    assert recipients() == {"vic@example.org": 5}


# --- The address of an account ----------------------------------------------------------


def test_new_address_counts_once_its_mailbox_and_the_password_are_proven(account, ada):
    other = Browser()
    other.post("/accounts/login/", {"username": ada.email, "password": PASSWORD})
    data = {"email": "New@example.org", "password": PASSWORD}
    account.post("/accounts/profile/email/", data)
    link = link_to("new@example.org")

    assert Browser().get(link).status_code == 302  # asks for log-in
    assert account.get(link).status_code == 200
    assert account.post(link, {"password": "nonsense"}).status_code == 200
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"

    assert account.post(link, {"password": PASSWORD}).url == "/accounts/profile/"
    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert ada.email_verified_at is not None
    assert account.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302


def test_old_mailbox_is_notified_without_a_link_to_the_account(account, ada):
    data = {"email": "new@example.org", "password": PASSWORD}
    account.post("/accounts/profile/email/", data)
    account.post(link_to("new@example.org"), {"password": PASSWORD})
    outbox_drain()

    told = mail.outbox[-1]
    assert told.to == ["ada@example.org"]
    assert told.subject == "Your e-mail address has been changed"
    assert {re.sub(r"^https?://[^/]+", "", link) for link in links_in(told)} == {"/"}
    assert "new@example.org" not in told.body


@pytest.mark.parametrize("change", ["password", "email", "another account"])
def test_link_for_a_new_address_is_bound_to_the_account_as_it_was(account, ada, change):
    data = {"email": "new@example.org", "password": PASSWORD}
    account.post("/accounts/profile/email/", data)
    link = link_to("new@example.org")
    if change == "password":
        ada.set_password(OTHER)
        ada.save()
    elif change == "email":
        User.objects.update(email="changed@example.org")
    else:
        ada = User.objects.create_user("eve@example.org", PASSWORD)
    browser = Browser()
    browser.force_login(User.objects.get(pk=ada.pk))

    password = OTHER if change == "password" else PASSWORD
    answer = browser.post(link, {"password": password})

    assert answer.url == "/accounts/profile/email/"
    assert not User.objects.filter(email="new@example.org").exists()


def test_address_of_another_account_is_not_taken_and_its_owner_learns_of_it(
    account, ada
):
    eve = User.objects.create_user("eve@example.org", OTHER)
    data = {"email": eve.email, "password": PASSWORD}

    account.post("/accounts/profile/email/", data)
    outbox_drain()

    assert [message.to for message in mail.outbox] == [[eve.email]]
    assert {
        re.sub(r"^https?://[^/]+", "", link) for link in links_in(mail.outbox[0])
    } == {"/"}
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_address_that_was_registered_meanwhile_is_not_taken(account, ada):
    data = {"email": "new@example.org", "password": PASSWORD}
    account.post("/accounts/profile/email/", data)
    link = link_to("new@example.org")
    User.objects.create_user("new@example.org", OTHER)

    answer = account.post(link, {"password": PASSWORD})

    assert answer.status_code == 200
    assert "This address can&#x27;t be used." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert account.get("/accounts/").status_code == 200


# --- The back office --------------------------------------------------------------------


def test_staff_do_not_change_their_address_without_the_mailbox(account, ada):
    page = account.get("/cms/account/").content.decode()
    assert "name_email-email" not in page
    assert "/accounts/profile/email/" in page
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": "new@example.org"}

    account.post("/cms/account/", {f"name_email-{key}": names[key] for key in names})
    account.post(f"/cms/users/edit/{ada.pk}/", names)

    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert "/accounts/profile/email/" in (
        account.get(f"/cms/users/edit/{ada.pk}/").content.decode()
    )


def test_address_that_staff_change_is_unverified_and_the_old_one_is_notified(account):
    vic = User.objects.create_user(
        "vic@example.org", OTHER, email_verified_at=clock.now()
    )
    session = Browser()
    session.post("/accounts/login/", {"username": vic.email, "password": OTHER})
    assert session.get("/accounts/").status_code == 200

    data = {"first_name": "V", "last_name": "V", "email": "New@example.org"}
    account.post(f"/cms/users/edit/{vic.pk}/", data | {"is_active": "on"})

    vic.refresh_from_db()
    assert (vic.email, vic.email_verified_at) == ("new@example.org", None)
    assert session.get("/accounts/").status_code == 302
    assert recipients() == {"vic@example.org": 1}
    assert {
        re.sub(r"^https?://[^/]+", "", link) for link in links_in(mail.outbox[0])
    } == {"/"}


def test_forgotten_password_of_staff_is_chosen_on_the_page_that_verifies(ada):
    Client().post("/cms/password_reset/", {"email": ada.email})
    link = link_to(ada.email)
    uid, token = link.strip("/").split("/")[-2:]

    answer = Client().get(f"/cms/password_reset/confirm/{uid}/{token}/")
    assert answer.url == link

    browser = Browser()
    page = browser.get(link, follow=True)
    passwords = {"new_password1": OTHER, "new_password2": OTHER}
    assert browser.post(page.request["PATH_INFO"], passwords).url == "/cms/"
    assert browser.get("/cms/").status_code == 200
    ada.refresh_from_db()
    assert ada.email_verified_at is not None
