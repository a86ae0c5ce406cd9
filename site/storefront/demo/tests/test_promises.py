"""Delivery and returns are promised once: what the demo says is what the shop does."""

import re

import pytest

from checkout.shipping.methods import Express, Standard
from cms_pages.models import SiteSettings
from foundation.core.templatetags.money import money
from storefront.demo.catalogue import build_catalogue
from storefront.demo.content import TEXTS, build_content
from storefront.demo.trade import offers


def said(size: str) -> str:
    """Every text of the demo's pages as one string."""
    return "\n".join(str(page) for page in build_content(size).pages)


@pytest.mark.parametrize("method", [Standard, Express])
def test_delivery_page_names_price_and_time_of_each_method(method):
    [page] = [
        page
        for page in build_content("tiny").pages
        if page.slug == "delivery-and-returns"
    ]
    text = str(page)

    assert str(method.name) in text
    assert str(method.description) in text
    assert money(method.amount, "EUR") in text
    assert money(Standard.free_from, "EUR") in text


def test_no_text_types_a_promise_by_hand():
    typed = re.compile(
        r"€ ?\d|working days? \||(eighty|sixty) euros|hundred days", re.I
    )

    for path in sorted(TEXTS.rglob("*.txt")):
        assert not typed.search(path.read_text()), path.name


def test_no_product_promises_returns_of_its_own():
    for product in build_catalogue("default").products:
        assert not re.search(r"\bdays\b", product.description), product.title


def test_returns_are_those_of_the_settings():
    days = SiteSettings._meta.get_field("return_days").default

    assert f"{days} days" in said("default")
    assert not re.search(
        r"\b(100|hundred|fourteen)\b[^.]{0,20}(days|by our)", said("default")
    )


def test_no_offer_promises_what_standard_delivery_gives_already():
    free = [offer for offer in offers() if offer.kind == "free-shipping"]

    assert all(offer.value > Standard.free_from for offer in free)
    assert all("xpress" in offer.description for offer in free)
