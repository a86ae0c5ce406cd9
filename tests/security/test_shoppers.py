"""Shoppers, one against another: nobody reads or changes what is somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from django.core import serializers
from django.http import HttpResponse
from oscar.core.loading import get_model

from catalogue.factories import ProductFactory
from checkout.basket.models import Basket
from checkout.conftest import ADDRESS, Browser
from checkout.order.models import Order
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of

pytestmark = pytest.mark.django_db

CANARY = "Kanarienweg 7"
MODELS = (
    "accounts.User",
    "address.UserAddress",
    "basket.Basket",
    "basket.Line",
    "customer.ProductAlert",
    "order.Order",
    "order.ShippingAddress",
    "wishlists.WishList",
    "wishlists.Line",
)
"""What belongs to a shopper."""

REFUSED = {302, 403, 404, 405}


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.org", "a fine day for tea")


@pytest.fixture
def belongings(ada) -> dict[str, object]:
    """One of each thing that a shopper can own; values for parameters of addresses."""
    owner = Browser()
    owner.force_login(ada)
    product = ProductFactory()
    owner.add(product)
    owner.give_details(line1=CANARY)
    owner.choose_delivery()
    assert owner.place().status_code == 302
    order = Order.objects.get()
    owner.add(product)
    saved = Basket.objects.get(owner=ada, status=Basket.OPEN).lines.get()
    owner.post(f"/basket/lines/{saved.pk}/", {"action": "save"})
    owner.add(product)
    line = Basket.objects.get(owner=ada, status=Basket.OPEN).lines.get()
    lists = [ada.wishlists.create(name=f"{CANARY} {number}") for number in range(2)]
    lists[0].add(product)
    alert = get_model("customer", "ProductAlert").objects.create(
        user=ada, product=product, email=ada.email
    )
    return {
        "basket:line.pk": line.pk,
        "customer:address-*.pk": ada.addresses.get().pk,
        "checkout:user-address-*.pk": ada.addresses.get().pk,
        "customer:address-change-status.action": "default_for_billing",
        "customer:alerts-cancel-by-pk.pk": alert.pk,
        "customer:order*.order_number": order.number,
        "customer:order-line.line_id": order.lines.get().pk,
        "customer:wishlists-*.key": lists[0].key,
        "customer:wishlists-*.line_pk": lists[0].lines.get().pk,
        "customer:wishlists-*.to_key": lists[1].key,
        "customer:wishlists-*.product_pk": product.pk,
        "wishlists:detail.key": lists[0].key,
    }


def owned_addresses(belongings) -> Iterator[tuple[str, str]]:
    """Name and path of every address of the shop that names something of Ada's."""
    for address in all_addresses():
        if set(address.parameters) <= {"product_pk"}:
            continue  # a product belongs to nobody
        keys = [f"{address.name}.{parameter}" for parameter in address.parameters]
        if keys and all(
            any(fnmatchcase(key, pattern) for pattern in belongings) for key in keys
        ):
            yield address.name, path_of(address, belongings)


def state() -> list[str]:
    """Everything that belongs to shoppers, as text."""
    rows = [
        row
        for label in MODELS
        for row in get_model(*label.split(".")).objects.order_by("pk")
    ]
    return serializers.serialize("json", rows).split("}, {")


def shows_canary(response: HttpResponse) -> bool:
    return CANARY in response.content.decode()


def test_every_address_that_names_something_owned_is_asked(belongings):
    asked = {name for name, _path in owned_addresses(belongings)}

    assert asked >= {
        "basket:line",
        "customer:address-change-status",
        "customer:address-delete",
        "customer:address-detail",
        "customer:alerts-cancel-by-pk",
        "customer:order",
        "customer:wishlists-delete",
        "customer:wishlists-detail",
        "customer:wishlists-move-product-to-another",
        "customer:wishlists-remove-product",
        "customer:wishlists-update",
        "wishlists:detail",
    }
    for pattern in belongings:
        prefix = pattern.partition(".")[0]
        assert any(fnmatchcase(name, prefix) for name in asked), pattern


@pytest.mark.parametrize("visitor", ["another shopper", "a guest"])
def test_nothing_of_somebody_else_is_shown_or_changed(belongings, visitor):
    eve = Browser()
    if visitor == "another shopper":
        eve.force_login(User.objects.create_user("eve@example.org", "nobody knows me"))
    before = state()

    for name, path in owned_addresses(belongings):
        data = ADDRESS | {"action": "remove", "quantity": 5, "name": "Mine"}
        answers = [eve.get(path), eve.post(path, data)]

        assert {each.status_code for each in answers} <= REFUSED, name
        assert not any(map(shows_canary, answers)), name
    assert state() == before


def test_owner_reaches_what_is_refused_to_others(belongings, ada):
    owner = Browser()
    owner.force_login(ada)

    opened = {
        name
        for name, path in owned_addresses(belongings)
        if owner.get(path).status_code == 200
    }

    assert opened >= {
        "customer:address-detail",
        "customer:order",
        "customer:wishlists-detail",
        "customer:wishlists-update",
    }


def test_line_that_somebody_saved_for_later_is_nobody_elses(belongings, ada):
    eve = Browser()
    eve.force_login(User.objects.create_user("eve@example.org", "nobody knows me"))

    saved = Basket.saved.get(owner=ada).lines.get()

    for action in ("", "remove"):
        answer = eve.post("/basket/saved/", {"line": saved.pk, "action": action})
        assert answer.status_code == 404

    assert Basket.saved.get(owner=ada).lines.get() == saved


def test_address_of_somebody_else_is_not_delivered_to(belongings, ada):
    eve = Browser()
    eve.force_login(User.objects.create_user("eve@example.org", "nobody knows me"))
    eve.add(ProductFactory())

    eve.post("/checkout/shipping-address/", {"address_id": ada.addresses.get().pk})
    page = eve.get("/checkout/shipping-address/")

    assert not shows_canary(page)
    assert eve.get("/checkout/shipping-method/").url == "/checkout/shipping-address/"


def test_order_is_read_by_its_whole_link_alone(belongings):
    order = Order.objects.get()
    signed = order.verification_hash()

    wrong = [
        signed[:-1],
        signed.upper(),
        re.sub(r":.*", "", signed),
        ":" + signed.partition(":")[2],
        f"{order.number}:x",
    ]

    for link in wrong:
        page = Browser().get(f"/accounts/order-status/{order.number}/{link}/")
        assert page.status_code == 404, link
        assert not shows_canary(page)
    right = Browser().get(f"/accounts/order-status/{order.number}/{signed}/")
    assert shows_canary(right)
    assert right["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "no-store" in right["Cache-Control"]


def test_prices_that_a_browser_sends_count_for_nothing():
    product, browser = ProductFactory(), Browser()
    prices = dict.fromkeys(
        ("price", "price_incl_tax", "price_excl_tax", "total", "discount"), "0.01"
    )

    browser.add(product, 1, **prices)
    browser.give_details(**prices, shipping_charge="0")
    browser.choose_delivery(**prices, charge="0")
    page = browser.preview()

    assert str(page.context["summary"].total.amount) == "16.90"
    for total in ("0.01", "16.89", "-16.90", "NaN", "Infinity", "1E+3", "16.900"):
        answer = browser.place(total=total)
        if total != "16.900":
            assert answer.url == "/checkout/preview/", total
            assert not Order.objects.exists()
    assert str(Order.objects.get().total_incl_tax) == "16.90"


@pytest.mark.parametrize("quantity", ["-1", "0", "1e3", "0x10", "1.5", "99999", "１"])
def test_quantity_that_would_change_the_sum_to_pay_is_refused(quantity):
    browser = Browser()
    browser.add(ProductFactory(), 2)
    line = Basket.objects.get().lines.get()

    browser.add(line.product, quantity)
    if quantity != "0":  # takes the line out
        browser.post(f"/basket/lines/{line.pk}/", {"quantity": quantity})

    line.refresh_from_db()
    assert line.quantity == 2
