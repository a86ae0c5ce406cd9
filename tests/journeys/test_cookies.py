"""What an anonymous visitor may open sets no cookie and is the same for all (docs/adr/0005)."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from foundation.delivery import known_device

ALLOWED_COOKIES = {
    settings.SESSION_COOKIE_NAME: "log-in, checkout, messages; not before one of them",
    settings.CSRF_COOKIE_NAME: "forms of log-in, account, checkout; the confirm page",
    known_device.COOKIE: "a log-in, or a new password by mail; read by log-in pages only",
    settings.OSCAR_BASKET_COOKIE_OPEN: "the basket of a guest; only after something was put into it",
}
"""Every cookie a shopper can get, and when. None is for tracking."""

ALLOWED_STORAGE_KEYS: set[str] = set()
"""Every key that the shop's scripts put into local or session storage."""


def body(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def addresses(demo_db) -> list[str]:
    """One address of each kind of page that anybody may open."""
    Category = apps.get_model("catalogue", "Category")
    Page = apps.get_model("wagtailcore", "Page")
    Product = apps.get_model("catalogue", "Product")
    parent = Product.objects.filter(structure="parent", is_public=True).first()
    return [
        *[page.url for page in Page.objects.live().filter(depth__gt=1).specific()],
        "/catalogue/",
        *[category.get_absolute_url() for category in Category.objects.browsable()[:3]],
        parent.get_absolute_url(),
        f"{parent.get_absolute_url()}?variant={parent.children.first().pk}",
        f"{parent.get_absolute_url()}reviews/",
        "/search/",
        "/search/?q=lamp",
        "/offers/",
        "/no-such-page/",
        "/catalogue/no-such-product_999999/",
    ]


def test_anonymous_pages_set_no_cookie_and_do_not_vary_on_it(addresses):
    for address in addresses:
        response = Client().get(address)

        assert response.status_code in {200, 404}, address
        assert not response.cookies, address
        assert "cookie" not in response.headers.get("Vary", "").lower(), address


def test_anonymous_pages_are_the_same_for_a_visitor_with_a_basket(addresses):
    visitor = Client(headers={"Sec-Fetch-Site": "same-origin"})
    product = apps.get_model("catalogue", "Product").objects.get(title="Wren clock")
    visitor.post(f"/basket/add/{product.pk}/", {"quantity": "1"})
    assert visitor.cookies

    for address in addresses:
        assert body(visitor, address) == body(Client(), address), address


def test_visitors_fragment_is_never_stored(demo_db):
    response = Client().get("/visitor/")

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


def test_buying_sets_only_cookies_that_are_on_the_list(demo_db):
    visitor = Client(headers={"Sec-Fetch-Site": "same-origin"})
    product = apps.get_model("catalogue", "Product").objects.get(title="Wren clock")

    visitor.post(f"/basket/add/{product.pk}/", {"quantity": "1"})
    for address in ("/basket/", "/checkout/", "/accounts/login/", "/visitor/"):
        visitor.get(address, follow=True)

    assert set(visitor.cookies) <= set(ALLOWED_COOKIES)
    assert settings.OSCAR_BASKET_COOKIE_OPEN in visitor.cookies


def test_scripts_store_only_keys_that_are_on_the_list():
    used = set()
    for path in (settings.ROOT / "themes").glob("*/static/js/*.js"):
        text = path.read_text()
        used |= set(
            re.findall(r"(?:local|session)Storage\W+\w+\(\s*[\"']([^\"']+)", text)
        )
        assert "document.cookie" not in text, path

    assert used <= ALLOWED_STORAGE_KEYS
