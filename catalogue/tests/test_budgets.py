"""SQL statements of category and product page: the same at 240 and at 20,000 products.

Anonymous visitor; site, settings and menus come from the cache, products and
prices never.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.models import Category, Product
from catalogue.selectors import category_products, product_cards, product_page
from foundation.core.context import shop_context
from tests.skeleton import LARGEST_PARENT

SIZES = pytest.mark.parametrize("skeleton_shop", [240, 20_000], indirect=True)


@pytest.fixture
def statements(skeleton_shop, client):
    """Counts the statements of one GET; what menus and settings need is in the cache."""
    assert client.get("/offers/").status_code == 200

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert response.status_code == 200
        return len(captured)

    return count


@SIZES
@pytest.mark.parametrize(
    "sort", ["featured", "newest", "price-asc", "price-desc", "rating", "title"]
)
@pytest.mark.parametrize("depth", [1, 3])
def test_category_page(statements, depth, sort):
    # 1 category, 1 ancestors and children, 1 count, 1 products of the page,
    # 1 stock with prices, 1 price history, 1 images = 7 of 8
    category = Category.objects.filter(depth=depth).order_by("path").first()

    assert statements(f"{category.get_absolute_url()}?sort={sort}") <= 7


@SIZES
def test_last_page_of_the_whole_catalogue(statements):
    # 1 roots, 1 count, 1 products, 1 stock, 1 price history, 1 images = 6 of 8
    assert statements("/catalogue/?page=10000") <= 6


@SIZES
@pytest.mark.parametrize("upc", [LARGEST_PARENT, "S-2"])
def test_product_page(statements, upc):
    # 1 product, variants and recommendations, 1 stock with prices, 1 price history,
    # 1 images, 1 attribute values, 1 categories, 1 reviews = 7 of 8; the eighth is
    # for attributes of several options, which the skeleton has not.
    product = Product.objects.get(upc=upc)

    assert statements(product.get_absolute_url()) <= 7


@SIZES
def test_product_page_with_a_chosen_variant(statements):
    variant = Product.objects.get(upc=f"{LARGEST_PARENT}-77")
    url = f"{variant.parent.get_absolute_url()}?variant={variant.pk}"

    assert statements(url) <= 7


@SIZES
def test_offers_cost_no_statement(statements):
    category = Category.objects.filter(depth=1).order_by("path").first()
    product = Product.objects.get(upc="S-2")
    everything = RangeFactory(includes_all_products=True, products=[])
    some = RangeFactory(products=[product])
    some.included_categories.add(category)
    for products in (everything, some):
        ConditionalOfferFactory(
            condition=ConditionFactory(range=products, type="Count", value=1),
            benefit=BenefitFactory(range=products, type="Percentage", value=10),
        )

    assert statements(category.get_absolute_url()) <= 7
    assert statements(product.get_absolute_url()) <= 7


@SIZES
@pytest.mark.parametrize("count", [12, 60])
def test_cards(skeleton_shop, count, django_assert_max_num_queries):
    # 1 products, 1 stock with prices, 1 price history, 1 images
    ids = list(Product.objects.browsable().order_by("pk").values_list("pk", flat=True))
    context = shop_context()

    with django_assert_max_num_queries(4):
        cards = product_cards(ids[:count], context=context)

    assert len(cards) == count


def test_skeleton_is_as_large_as_it_says(skeleton_shop):
    assert Product.objects.filter(parent=None).count() == 20_000
    assert Product.objects.get(upc=LARGEST_PARENT).children.count() == 132
    assert Category.objects.count() == 300
    assert not Category.find_problems()[0]


def test_reductions_and_variants_are_in_the_skeleton(skeleton_shop):
    category = Category.objects.get(path="0001")

    listing = product_page(
        category_products(category.path), context=shop_context(), sort="price-asc"
    )

    prices = [card.price.amount for card in listing.cards]
    assert prices == sorted(prices)
    assert len(prices) == 24
