"""The account: in, around, and out; and that nobody learns who has one."""

import re
from decimal import Decimal

import pytest
from django.core import mail

from catalogue.factories import (
    ChildFactory,
    ParentFactory,
    ProductFactory,
    ProductReviewFactory,
)
from checkout.address.models import UserAddress
from checkout.conftest import ADDRESS, Browser
from checkout.order.models import Order
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.models import MailCooldown, OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db
PASSWORD = "a fine day for tea"


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.org", PASSWORD, first_name="Ada")


@pytest.fixture
def account(ada):
    browser = Browser()
    browser.force_login(ada)
    return browser


def delivered():
    """The mails that were waiting, sent."""
    for entry in OutboxEntry.objects.filter(
        task__startswith="checkout.customer"
    ).order_by("pk"):
        assert outbox_run(entry.pk)
    return mail.outbox


def path_in(message, start):
    return re.search(rf"http://[^/]+(/{start}\S+)", message.body)[1]


# --- Getting in -------------------------------------------------------------------


def choose_password(browser, link, password=PASSWORD):
    form = browser.get(link, follow=True).request["PATH_INFO"]
    return browser.post(form, {"new_password1": password, "new_password2": password})


def test_person_registers_and_chooses_a_password_by_the_link(browser):
    page = browser.post("/accounts/register/", {"email": "Ada@Example.org"})
    assert "ada@example.org" in page.content.decode()

    link = path_in(delivered()[0], "password-reset/confirm/")
    assert "ada@example.org" in browser.get(link, follow=True).content.decode()
    ada = User.objects.get()
    assert (ada.has_usable_password(), ada.email_verified_at) == (False, None)

    assert choose_password(browser, link).url == "/accounts/"
    assert User.objects.get().email_verified_at is not None
    assert browser.get("/accounts/").status_code == 200
    login = {"username": "ada@EXAMPLE.org", "password": PASSWORD}
    assert Browser().post("/accounts/login/", login).url == "/accounts/"


def test_registration_answers_the_same_for_an_address_that_has_an_account(browser, ada):
    ada.email_verified_at = clock.now()
    ada.save()
    new = browser.post("/accounts/register/", {"email": "eve@example.org"})
    old = browser.post("/accounts/register/", {"email": "ADA@example.org"})

    assert new.status_code == old.status_code == 200
    assert new.content.decode().replace("eve@", "x@") == (
        old.content.decode().replace("ada@", "x@")
    )
    assert [message.subject for message in delivered()] == [
        "Choose your password",
        "You have an account already",
    ]
    assert User.objects.count() == 2
    assert ada.check_password(PASSWORD)


def test_person_who_never_chose_a_password_registers_again(browser):
    for _ in range(2):
        MailCooldown.objects.all().delete()
        browser.post("/accounts/register/", {"email": "ada@example.org"})

    assert [message.subject for message in delivered()] == ["Choose your password"] * 2
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["12345678", "short", "password"])
def test_weak_password_is_refused_beside_its_field(browser, password):
    browser.post("/accounts/register/", {"email": "ada@example.org"})
    link = path_in(delivered()[0], "password-reset/confirm/")

    page = choose_password(browser, link, password)

    assert page.status_code == 200
    assert "new_password2" in page.context["form"].errors
    assert not User.objects.get().has_usable_password()


def test_wrong_password_and_unknown_address_read_the_same(browser, ada):
    wrong = browser.post(
        "/accounts/login/", {"username": ada.email, "password": "nonsense"}
    )
    unknown = browser.post(
        "/accounts/login/", {"username": "eve@example.org", "password": "nonsense"}
    )

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_log_in_goes_only_to_pages_of_the_shop(browser, ada):
    data = {"username": ada.email, "password": PASSWORD}

    inside = data | {"redirect_url": "/checkout/"}
    assert Browser().post("/accounts/login/", inside).url == "/checkout/"
    outside = data | {"redirect_url": "https://evil.example/"}
    assert Browser().post("/accounts/login/", outside).url == "/accounts/"


def test_log_out_needs_a_button(account):
    account.get("/accounts/logout/")
    assert account.get("/accounts/").status_code == 200

    account.post("/accounts/logout/")

    assert account.get("/accounts/").status_code == 302


def test_password_is_reset_by_mail(browser, ada):
    answer = browser.post("/password-reset/", {"email": "ADA@example.org"})
    assert answer.url == "/password-reset/done/"
    link = path_in(delivered()[0], "password-reset/confirm/")

    new = "another fine day"
    choose_password(browser, link, new)

    ada.refresh_from_db()
    assert ada.check_password(new)
    assert "This link has expired" in Browser().get(link).content.decode()


def test_reset_of_an_unknown_address_answers_the_same_and_writes_to_nobody(browser):
    answer = browser.post("/password-reset/", {"email": "eve@example.org"})

    assert answer.url == "/password-reset/done/"
    assert delivered() == []
    assert not User.objects.exists()


# --- Guest orders -----------------------------------------------------------------


def test_guest_orders_join_only_after_the_address_is_confirmed(browser, account, ada):
    order = browser.order(ProductFactory())
    assert account.get(f"/accounts/orders/{order.number}/").status_code == 404

    account.post("/accounts/verify/")
    link = path_in(delivered()[0], "password-reset/confirm/")
    choose_password(account, link, "another fine day")

    page = account.get(f"/accounts/orders/{order.number}/")
    assert page.status_code == 200
    link = f"/accounts/order-status/{order.number}/{order.verification_hash()}/"
    assert Browser().get(link).status_code == 200  # the mail's link still works


# --- Orders -----------------------------------------------------------------------


def test_order_of_an_account_keeps_its_address_for_the_next(account, ada):
    order = account.order(ProductFactory())

    assert order.user == ada
    assert order.guest_email == ""
    assert UserAddress.objects.get().line1 == ADDRESS["line1"]
    account.order(ProductFactory())
    assert UserAddress.objects.get().num_orders_as_shipping_address == 2


def test_own_address_is_chosen_in_checkout(account, ada):
    account.order(ProductFactory())
    account.add(ProductFactory())
    address = UserAddress.objects.get()

    answer = account.post("/checkout/shipping-address/", {"address_id": address.pk})
    account.choose_delivery()
    account.place()

    assert answer.url == "/checkout/shipping-method/"
    assert Order.objects.first().shipping_address.line1 == ADDRESS["line1"]


def test_address_of_somebody_else_can_not_be_used(account):
    eve = User.objects.create_user("eve@example.org")
    theirs = UserAddress.objects.create(user=eve, line1="Secret 1", country_id="DE")
    account.add(ProductFactory())

    account.post("/checkout/shipping-address/", {"address_id": theirs.pk})

    assert account.get("/checkout/shipping-method/").url == (
        "/checkout/shipping-address/"
    )
    for path in ("", "delete/"):
        url = f"/accounts/addresses/{theirs.pk}/{path}"
        assert account.get(url).status_code == 404


def test_order_of_somebody_else_is_not_found(browser, account):
    order = browser.order(ProductFactory())

    assert account.get(f"/accounts/orders/{order.number}/").status_code == 404
    assert browser.get(f"/accounts/orders/{order.number}/").status_code == 302


def test_order_is_found_by_its_number_as_typed(account):
    order = account.order(ProductFactory())
    typed = order.number.replace("-", " ").lower()

    page = account.get("/accounts/orders/", {"order_number": typed})

    assert list(page.context["orders"]) == [order]


def test_order_is_placed_again(account):
    product = ProductFactory()
    order = account.order(product)

    account.post(f"/accounts/orders/{order.number}/")

    assert [
        line.product_id
        for line in account.get("/basket/").context["basket"].all_lines()
    ] == [product.pk]


def test_single_line_is_ordered_again(account):
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    account.add(lamp, 2)
    order = account.order(chair)
    line = order.lines.get(product=lamp)
    page = f"/accounts/orders/{order.number}/"

    answer = account.post(f"{page}{line.pk}/")

    basket = account.get("/basket/").context["basket"]
    assert answer.url == "/basket/"
    assert [(each.product_id, each.quantity) for each in basket.all_lines()] == [
        (lamp.pk, 2)
    ]
    assert f'action="{page}{line.pk}/"' in account.get(page).content.decode()
    assert account.get(f"{page}{line.pk}/").url == page


def test_line_that_is_sold_out_says_why_it_is_not_ordered_again(account):
    lamp = ProductFactory(title="Lamp", stockrecords__num_in_stock=1)
    order = account.order(lamp)
    line = order.lines.get()

    account.post(f"/accounts/orders/{order.number}/{line.pk}/")

    page = account.get("/basket/")
    assert page.context["basket"].is_empty
    assert "“Lamp”" in page.content.decode()


def test_line_that_is_gone_is_not_offered_again(account):
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    order = account.order(lamp, chair)
    line = order.lines.get(product=lamp)
    lamp.delete()
    page = f"/accounts/orders/{order.number}/"

    shown = account.get(page).content.decode()
    account.post(f"{page}{line.pk}/")

    assert f'action="{page}{line.pk}/"' not in shown
    assert "“Lamp” is gone." in account.get("/basket/").content.decode()


def test_line_of_another_order_is_not_found(browser, account):
    foreign = browser.order(ProductFactory())
    mine = account.order(ProductFactory())

    for number in (foreign.number, mine.number):
        path = f"/accounts/orders/{number}/{foreign.lines.get().pk}/"
        assert account.post(path).status_code == 404


# --- Profile ----------------------------------------------------------------------


def test_address_changes_by_the_link_in_the_new_mailbox(browser, account, ada):
    order = browser.order(ProductFactory())
    Order.objects.update(guest_email="new@example.org")
    data = {"email": "New@Example.org", "password": PASSWORD}
    wrong = account.post("/accounts/profile/email/", data | {"password": "x"})
    assert wrong.status_code == 200
    assert account.post("/accounts/profile/email/", data).status_code == 302
    link = path_in(delivered()[-1], "accounts/profile/email/")
    assert User.objects.get().email == "ada@example.org"

    page = account.post(link, {"password": PASSWORD}, follow=True).content.decode()

    assert "Your e-mail address has changed" in page
    assert "1 order that you placed as a guest is now in your account" in page
    ada = User.objects.get()
    assert (ada.email, order.number) == ("new@example.org", ada.orders.get().number)
    assert ada.email_verified_at is not None
    assert delivered()[-1].to == ["ada@example.org"]


def test_changed_password_keeps_the_session_and_is_told(account, ada):
    new = "another fine day"
    account.post(
        "/accounts/change-password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert account.get("/accounts/").status_code == 200
    assert "password has been changed" in delivered()[0].subject


@pytest.mark.parametrize(
    "page",
    [
        "",
        "orders/",
        "addresses/",
        "addresses/add/",
        "wishlists/",
        "wishlists/create/",
        "profile/",
        "profile/edit/",
        "profile/email/",
        "profile/delete/",
        "change-password/",
        "logout/",
    ],
)
def test_page_of_the_account_is_drawn_and_never_stored(account, page):
    answer = account.get(f"/accounts/{page}")

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    if page != "logout/":
        assert "/login/" in Browser().get(f"/accounts/{page}").url


def test_address_book_is_kept(account, ada):
    account.post("/accounts/addresses/add/", ADDRESS)
    address = UserAddress.objects.get()
    other_country = account.post(
        f"/accounts/addresses/{address.pk}/",
        ADDRESS | {"country": "GB", "change_country": "1"},
    )
    assert other_country.context["form"].country_code == "GB"

    account.post(f"/accounts/addresses/{address.pk}/", ADDRESS | {"line1": "Weg 2"})
    account.post(f"/accounts/addresses/{address.pk}/default_for_shipping/")

    address = UserAddress.objects.get()
    assert (address.line1, address.is_default_for_shipping) == ("Weg 2", True)
    assert account.get("/accounts/addresses/").status_code == 200
    account.post(f"/accounts/addresses/{address.pk}/delete/")
    assert not UserAddress.objects.exists()


# --- Deletion ---------------------------------------------------------------------


def test_deletion_removes_the_person_and_keeps_the_figures(account, ada):
    order = account.order(ProductFactory())
    review = ProductReviewFactory(user=ada, name="Ada", email=ada.email)
    ada.wishlists.create(name="Things")
    shared = User.objects.create_user("eve@example.org").wishlists.create(name="Hers")
    shared.shared_emails.create(email=ada.email)

    refused = account.post("/accounts/profile/delete/", {"password": "nonsense"})
    assert refused.status_code == 200
    account.post("/accounts/profile/delete/", {"password": PASSWORD})

    assert [user.email for user in User.objects.all()] == ["eve@example.org"]
    assert not shared.shared_emails.exists()
    assert not UserAddress.objects.exists()
    order = Order.objects.get(pk=order.pk)
    assert order.total_incl_tax == Decimal("16.90")
    assert order.lines.get().line_price_incl_tax == Decimal("12.00")
    assert (order.user, order.guest_email, order.email) == (None, "", "")
    for address in (order.shipping_address, order.billing_address):
        assert address.country_id == "DE"
        left = [
            str(value)
            for name, value in vars(address).items()
            if name not in ("id", "country_id", "_state", "code") and value
        ]
        assert left == []
    review.refresh_from_db()
    assert (review.user, review.email, review.name) == (None, "", "A customer")
    assert account.get("/accounts/").status_code == 302


# --- Wishlists --------------------------------------------------------------------


def test_product_is_kept_on_the_wish_list_once(account, ada):
    product = ProductFactory(title="Lamp")

    for _ in range(2):
        answer = account.post(f"/accounts/wishlists/add/{product.pk}/")

    line = ada.wishlists.get().lines.get()
    assert (line.product, line.quantity) == (product, 1)
    page = account.get(answer.url)
    assert "Lamp" in page.content.decode()
    key = ada.wishlists.get().key
    account.post(f"/accounts/wishlists/{key}/lines/{line.pk}/delete/")
    assert not ada.wishlists.get().lines.exists()


def test_guest_logs_in_and_finds_the_button_again(browser, ada):
    product = ProductFactory()
    url = f"/accounts/wishlists/add/{product.pk}/"

    answer = browser.post(url)
    assert answer.url == f"/accounts/login/?next={url}"
    data = {"username": ada.email, "password": PASSWORD, "redirect_url": url}
    back = browser.post("/accounts/login/", data)
    page = browser.get(back.url)

    assert page.status_code == 200
    assert not ada.wishlists.exists()  # GET keeps nothing
    browser.post(url)
    assert ada.wishlists.get().lines.get().product == product


def test_other_sites_put_nothing_on_a_wish_list(ada):
    stranger = Browser(HTTP_SEC_FETCH_SITE="cross-site")
    stranger.handler.enforce_csrf_checks = True
    stranger.force_login(ada)

    answer = stranger.post(f"/accounts/wishlists/add/{ProductFactory().pk}/")

    assert answer.status_code == 403
    assert not ada.wishlists.exists()


def test_wish_list_of_somebody_else_is_not_found(account):
    eve = User.objects.create_user("eve@example.org")
    key = eve.wishlists.create(name="Secret").key

    for page in ("", "update/", "delete/"):
        assert account.get(f"/accounts/wishlists/{key}/{page}").status_code == 404


def test_shopper_stays_on_the_page_when_a_product_is_kept(account, ada):
    product = ProductFactory(title="Lamp")
    page = f"http://testserver{product.get_absolute_url()}"

    answer = account.post(f"/accounts/wishlists/add/{product.pk}/", HTTP_REFERER=page)

    assert answer.url == page
    [message] = account.get("/visitor/").context["messages"]
    assert str(message) == "“Lamp” is on your wish list."


@pytest.mark.parametrize(
    "referer",
    ["https://evil.example/", "http://testserver/accounts/wishlists/add/{pk}/"],
)
def test_list_is_shown_where_there_is_no_page_to_stay_on(account, ada, referer):
    product = ProductFactory()

    answer = account.post(
        f"/accounts/wishlists/add/{product.pk}/",
        HTTP_REFERER=referer.format(pk=product.pk),
    )

    assert answer.url == ada.wishlists.get().get_absolute_url()


def test_product_is_put_into_the_basket_from_the_wish_list(account, ada):
    lamp, tent = ProductFactory(title="Lamp"), ParentFactory(title="Tent")
    ChildFactory(parent=tent)
    sold_out = ProductFactory(title="Axe", stockrecords__num_in_stock=0)
    wishlist = ada.wishlists.create(name="Things")
    for product in (lamp, tent, sold_out):
        wishlist.add(product)

    html = account.get(wishlist.get_absolute_url()).content.decode()

    assert f'action="/basket/add/{lamp.pk}/"' in html
    assert f'action="/basket/add/{tent.pk}/"' not in html
    assert f'href="{tent.get_absolute_url()}">Choose a variant' in html
    assert f'action="/basket/add/{sold_out.pk}/"' not in html
