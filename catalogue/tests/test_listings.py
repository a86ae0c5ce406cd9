from datetime import timedelta
from decimal import Decimal

import pytest

from catalogue.factories import (
    CategoryFactory,
    ChildFactory,
    ParentFactory,
    ProductFactory,
)
from catalogue.models import Product
from catalogue.partner.services import price_change
from catalogue.selectors import product_page, sort_choices
from catalogue.selectors.listings import SORTS
from foundation.core import clock
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db


def titles(sort, at=None, **kwargs):
    listing = product_page(
        Product.objects.all(), context=shop_context(at=at), sort=sort, **kwargs
    )
    return [card.title for card in listing.cards]


@pytest.fixture
def products():
    now = clock.now()
    for days, (title, price, rating, priority) in enumerate(
        [("bench", "30", 3.0, 0), ("Axe", "10", None, 5), ("Chair", "20", 4.5, 0)]
    ):
        product = ProductFactory(
            title=title, priority=priority, stockrecords__price=Decimal(price)
        )
        Product.objects.filter(pk=product.pk).update(
            rating=rating, date_created=now - timedelta(days=days)
        )


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("featured", ["Axe", "bench", "Chair"]),
        ("newest", ["bench", "Axe", "Chair"]),
        ("price-asc", ["Axe", "Chair", "bench"]),
        ("price-desc", ["bench", "Chair", "Axe"]),
        ("rating", ["Chair", "bench", "Axe"]),
        ("title", ["Axe", "bench", "Chair"]),
        ("'; DROP TABLE", ["Axe", "bench", "Chair"]),
    ],
)
def test_list_is_sorted(products, sort, order):
    assert titles(sort) == order


def test_every_way_to_sort_has_a_name():
    assert [key for key, _ in sort_choices()] == list(SORTS)


def test_price_sort_follows_the_clock(products):
    starts = clock.to_minute(clock.now()) + timedelta(days=1)
    bench = Product.objects.get(title="bench")
    price_change(
        stockrecord=bench.stockrecords.get(),
        amount=Decimal("5.00"),
        window=(starts, None),
    )

    assert titles("price-asc") == ["Axe", "Chair", "bench"]
    assert titles("price-asc", at=starts) == ["bench", "Axe", "Chair"]


def test_parent_is_sorted_by_its_lowest_public_variant(products):
    parent = ParentFactory(title="Tent")
    ChildFactory(parent=parent, stockrecords__price=Decimal("25.00"))
    ChildFactory(parent=parent, stockrecords__price=Decimal("15.00"))
    ChildFactory(parent=parent, is_public=False, stockrecords__price=Decimal("1.00"))
    ChildFactory(
        parent=parent,
        stockrecords__price=Decimal("2.00"),
        stockrecords__num_in_stock=0,
    )

    assert titles("price-asc") == ["Axe", "Tent", "Chair", "bench"]


@pytest.mark.parametrize("sort", ["price-asc", "price-desc"])
def test_product_without_a_price_comes_last(products, sort):
    ProductFactory(title="Priceless", stockrecords=None)

    assert titles(sort)[-1] == "Priceless"


def test_variants_and_hidden_products_are_not_listed(products):
    ChildFactory(parent=ParentFactory(title="Tent", is_public=False))

    assert titles("title") == ["Axe", "bench", "Chair"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, 1), ("2", 2), ("3", 2), (0, 2), (-1, 2), ("x", 1), ("", 1), ("1e9", 1)],
)
def test_page_beyond_the_end_is_the_last_and_nonsense_the_first(
    products, number, shown
):
    listing = product_page(
        Product.objects.all(), context=shop_context(), number=number, per_page=2
    )

    assert listing.page.number == shown
    assert len(listing.cards) == (2 if shown == 1 else 1)


def test_empty_list_has_one_empty_page():
    listing = product_page(Product.objects.none(), context=shop_context(), number=7)

    assert listing.cards == []
    assert (listing.page.number, listing.page.paginator.num_pages) == (1, 1)


def test_category_page_shows_cards_sort_and_pages(client, settings):
    category = CategoryFactory(name="Light")
    ProductFactory.create_batch(25, categories=[category])

    response = client.get(
        category.get_absolute_url(), {"sort": "price-desc", "page": "99"}
    )

    assert response.status_code == 200
    assert response.context["page_obj"].number == 2
    assert response.context["paginator"].count == 25
    assert response.context["sort"] == "price-desc"
    assert response.context["params"] == "sort=price-desc"
    assert len(response.context["cards"]) == 1


def test_catalogue_index_lists_everything(client, products):
    response = client.get("/catalogue/")

    assert response.status_code == 200
    assert len(response.context["cards"]) == 3
