"""SQL statements of pages, search, basket and order: the same at 240 and at 20,000 products.

Anonymous visitor; site, settings and menus come from the cache (``warm``), products
and prices never. The arithmetic stands with the tests of each app.
"""

import json

import pytest
from django.test import Client
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)
from wagtail.models import Site

from catalogue.models import Product
from checkout.conftest import Browser, counted
from checkout.order.models import Order
from cms_pages import factories

SIZES = pytest.mark.parametrize("skeleton_shop", [240, 20_000], indirect=True)
pytestmark = [SIZES, pytest.mark.usefixtures("skeleton_shop", "warm")]


@pytest.fixture
def warm(skeleton_shop):
    """Menus and settings are in the cache."""
    assert Client().get("/offers/").status_code == 200


@pytest.fixture
def products(skeleton_shop) -> list[Product]:
    """Sixty products with a price and stock, from all over the catalogue."""
    sold = Product.objects.browsable().filter(structure="standalone")
    found = list(sold.filter(stockrecords__num_in_stock__gt=5).order_by("-pk")[:60])
    assert len(found) == 60
    return found


@pytest.fixture
def everything_is_reduced(skeleton_shop):
    everything = RangeFactory(name="Everything", includes_all_products=True)
    ConditionalOfferFactory(
        name="Ten percent",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(
            range=everything, type="Percentage", value=10, max_affected_items=None
        ),
    )


def statements(path: str) -> int:
    with counted() as made:
        assert Client().get(path).status_code == 200
    return len(made)


@pytest.mark.parametrize("count", [12, 60])
def test_article_with_product_blocks(products, count):
    home = Site.objects.get().root_page
    index = factories.article_index(parent=home)
    cards = [
        {"type": "product_card", "value": {"product_id": product.pk, "note": ""}}
        for product in products[:count]
    ]
    article = factories.article(parent=index, title="Long", body=json.dumps(cards))

    assert statements(article.url) <= 8
    html = Client().get(article.url).content.decode()
    assert html.count('class="product-card"') == count


def test_index_of_twenty_articles(products):
    index = factories.article_index(parent=Site.objects.get().root_page)
    for number in range(20):
        factories.article(parent=index, title=f"Article {number}")

    assert statements(index.url) <= 6


def test_search():
    assert statements("/search/?q=skeleton") <= 12


def test_basket_of_five_lines(products, everything_is_reduced):
    browser = Browser()
    for product in products[:5]:
        browser.add(product)
    browser.get("/basket/")
    browser.statements.clear()

    page = browser.get("/basket/")

    for product in products[:5]:
        assert product.title in page.content.decode()
    assert len(browser.statements[-1][1]) <= 10


def test_whole_guest_order_of_two_lines(products, everything_is_reduced):
    browser = Browser()
    browser.add(products[0])
    browser.add(products[1])
    browser.get("/basket/")
    browser.get("/checkout/shipping-address/")
    browser.give_details()
    browser.get("/checkout/shipping-method/")
    browser.choose_delivery()
    browser.place()
    browser.get("/checkout/thank-you/")

    order = Order.objects.get()
    assert order.lines.count() == 2
    assert order.discounts.count() == 1
    counts = {request: len(made) for request, made in browser.statements}
    assert sum(len(made) for _, made in browser.statements) <= 90
    assert counts["POST /checkout/preview/"] <= 30
