"""Requests that another site has a browser send (CSRF): both kinds of form, every address."""

from __future__ import annotations

import pytest
from django.core import serializers
from django.db import transaction
from django.test import Client
from oscar.core.loading import get_model

from catalogue.factories import ProductFactory
from checkout.basket.models import Basket
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of

HARMLESS = {301, 302, 403, 404, 405}
"""Refused, or sent to where it would have to be asked for again."""


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("root@example.org", "a fine day for tea")


WRITTEN = (
    "accounts.User",
    "address.UserAddress",
    "basket.Line",
    "catalogue.Product",
    "offer.ConditionalOffer",
    "order.Order",
    "reviews.ProductReview",
    "reviews.Vote",
    "wagtailcore.Page",
    "wishlists.WishList",
)


def forged(administrator: User | None) -> Client:
    """A browser on somebody else's page, with the cookies of the shop."""
    client = Client(
        enforce_csrf_checks=True,
        raise_request_exception=False,
        headers={
            "Sec-Fetch-Site": "cross-site",
            "Origin": "https://evil.example",
            "Referer": "https://evil.example/",
        },
    )
    if administrator:
        client.force_login(administrator)
    return client


def test_no_address_takes_a_post_of_another_site(world, administrator):
    """Complete by the resolver, as administrator, who may do all there is."""
    client, taken, asked = forged(administrator), [], 0

    for address in all_addresses():
        path = path_of(address, world)
        with transaction.atomic():
            status = client.post(path, {"action": "remove", "name": "x"}).status_code
            transaction.set_rollback(True)
        asked += 1
        if status not in HARMLESS:
            taken.append(f"{address.name} {path} {status}")

    assert taken == []
    assert asked > 300


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "null"},
        {"Origin": "https://testserver"},  # another scheme
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8080"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {},
    ],
    ids=str,
)
def test_form_without_a_token_is_taken_from_own_pages_alone(db, headers):
    product = ProductFactory()
    client = Client(enforce_csrf_checks=True, headers=headers)

    answer = client.post(f"/basket/add/{product.pk}/", {"quantity": "1"})

    assert answer.status_code == 403
    assert (
        "csrfmiddlewaretoken" in answer.content.decode()
    )  # to be confirmed by a person
    assert not Basket.objects.exists()


@pytest.mark.parametrize("path", ["/accounts/login/", "/cms/login/"])
def test_nobody_is_logged_in_by_another_site(administrator, path):
    """Log-in CSRF: the victim would type an address or a card into the attacker's account."""
    answer = forged(None).post(
        path, {"username": administrator.email, "password": "a fine day for tea"}
    )

    assert answer.status_code == 403
    assert "sessionid" not in answer.cookies


def test_token_of_another_browser_is_worth_nothing(administrator):
    thief = Client(enforce_csrf_checks=True)
    thief.get("/accounts/login/")
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(administrator)
    victim.get("/accounts/change-password/")

    answer = victim.post(
        "/accounts/profile/delete/",
        {
            "csrfmiddlewaretoken": thief.cookies["csrftoken"].value,
            "password": "a fine day for tea",
        },
    )

    assert answer.status_code == 403
    assert User.objects.filter(pk=administrator.pk).exists()


@pytest.mark.slow
def test_reading_changes_nothing(world, administrator):
    """GET is not guarded against other sites, so it must not write."""
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    before = state()

    for address in all_addresses():
        client.get(path_of(address, world))

    assert state() == before


def state() -> str:
    """The rows that people write, as text."""
    rows = [
        row
        for label in WRITTEN
        for row in get_model(*label.split(".")).objects.order_by("pk")
    ]
    return serializers.serialize("json", rows)
