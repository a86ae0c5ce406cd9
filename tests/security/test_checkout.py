"""The last page's token belongs to one browser for a day; vouchers to known customers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
    VoucherFactory,
)

from catalogue.factories import ProductFactory
from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.conftest import Browser
from checkout.order.models import Order
from foundation.accounts.models import User
from foundation.core import clock

pytestmark = pytest.mark.django_db


def ready_browser(user: User | None = None) -> Browser:
    """A browser that has only to press the last page's button."""
    browser = Browser()
    if user is not None:
        browser.force_login(user)
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()
    return browser


def form_of(browser: Browser) -> dict[str, object]:
    context = browser.preview().context
    return {
        "basket": context["basket_token"],
        "total": context["summary"].total.amount,
    }


# --- The token of the last page -----------------------------------------------------


@pytest.mark.parametrize("thief", ["a stranger", "a guest", "a customer"])
def test_token_of_another_browser_places_nothing(thief):
    stolen = form_of(ready_browser())
    if thief == "a stranger":
        browser = Browser()
    else:
        user = User.objects.create_user("eve@example.org")
        browser = ready_browser(user if thief == "a customer" else None)

    answer = browser.post("/checkout/preview/", stolen)

    assert answer.url == "/checkout/preview/"
    assert not Order.objects.exists()
    assert set(Basket.objects.values_list("status", flat=True)) == {Basket.OPEN}


@pytest.mark.parametrize("thief", ["a stranger", "a guest", "a customer"])
def test_token_of_another_browser_does_not_reveal_the_order_placed_with_it(thief):
    victim = ready_browser()
    stolen = form_of(victim)
    assert victim.post("/checkout/preview/", stolen).url == "/checkout/thank-you/"
    number = Order.objects.get().number
    if thief == "a stranger":
        browser = Browser()
    else:
        user = User.objects.create_user("eve@example.org")
        browser = ready_browser(user if thief == "a customer" else None)

    answer = browser.post("/checkout/preview/", stolen)
    thanks = browser.get("/checkout/thank-you/")

    assert answer.url == "/checkout/preview/"
    assert thanks.status_code == 302
    assert number not in thanks.content.decode()


def test_token_does_not_hold_the_session():
    browser = ready_browser()

    token = str(form_of(browser)["basket"])

    key = browser.session.session_key
    payload = signing.b64_decode(token.split(":", maxsplit=1)[0].encode())
    assert payload == str(Basket.objects.get().pk).encode()
    assert key not in token


def test_token_expires_after_a_day(monkeypatch):
    browser = ready_browser()
    data = form_of(browser)
    later = signing.time.time() + timedelta(days=1, seconds=1).total_seconds()
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: later)
        answer = browser.post("/checkout/preview/", data)

    assert answer.url == "/checkout/preview/"
    assert not Order.objects.exists()


def test_token_of_before_the_log_in_places_nothing():
    """Logging in gives the session another key; the last page is shown again."""
    browser = ready_browser()
    data = form_of(browser)
    browser.force_login(User.objects.create_user("ada@example.org"))

    assert browser.post("/checkout/preview/", data).url == "/checkout/preview/"
    assert not Order.objects.exists()


def test_second_click_in_the_same_browser_is_thanked_for_the_same_order():
    browser = ready_browser()
    data = form_of(browser)

    answers = [browser.post("/checkout/preview/", data).url for _click in range(2)]

    assert answers == ["/checkout/thank-you/"] * 2
    order = Order.objects.get()
    assert order.number in browser.get("/checkout/thank-you/").content.decode()


# --- Vouchers for one use by each customer ------------------------------------------


@pytest.fixture
def voucher() -> Voucher:
    everything = RangeFactory(includes_all_products=True)
    offer = ConditionalOfferFactory(
        offer_type="Voucher",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(range=everything, type="Percentage", value=50),
    )
    voucher = VoucherFactory(
        code="WELCOME",
        usage=Voucher.ONCE_PER_CUSTOMER,
        start_datetime=clock.now() - timedelta(days=1),
        end_datetime=clock.now() + timedelta(days=1),
    )
    voucher.offers.add(offer)
    return voucher


def customer(*, verified: bool) -> User:
    return User.objects.create_user(
        "ada@example.org", email_verified_at=clock.now() if verified else None
    )


def test_voucher_for_each_customer_refuses_an_unverified_account(voucher):
    browser = ready_browser(customer(verified=False))

    page = browser.post("/basket/vouchers/add/", {"code": "WELCOME"})

    assert "Confirm your e-mail address first" in page.content.decode()
    assert not Basket.objects.get().vouchers.exists()


def test_voucher_for_each_customer_takes_a_verified_account_once(voucher):
    browser = ready_browser(customer(verified=True))
    browser.post("/basket/vouchers/add/", {"code": "WELCOME"})
    assert browser.place().url == "/checkout/thank-you/"

    browser.add(ProductFactory())
    page = browser.post("/basket/vouchers/add/", {"code": "WELCOME"})

    assert Order.objects.get().total_incl_tax == Decimal("10.90")  # 12.00 / 2 + 4.90
    assert "You have used this voucher before" in page.content.decode()


def test_voucher_in_the_basket_of_an_unverified_account_gives_nothing(voucher):
    """Noted before the account's address was changed, for example."""
    user = customer(verified=False)
    browser = ready_browser(user)
    Basket.objects.get().vouchers.add(voucher)

    assert browser.place(total="10.90").url == "/checkout/preview/"
    assert not Order.objects.exists()
    assert browser.place().url == "/checkout/thank-you/"
    assert Order.objects.get().total_incl_tax == Decimal("16.90")
    assert not voucher.applications.exists()
