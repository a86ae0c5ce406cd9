from datetime import timedelta
from decimal import Decimal

import pytest

from catalogue.factories import (
    ChildFactory,
    ParentFactory,
    ProductFactory,
    ProductImageFactory,
    ProductReviewFactory,
    StockRecordFactory,
)
from catalogue.partner.services import price_change
from catalogue.selectors import product_cards
from foundation.core import clock
from foundation.core.context import ShopContext, shop_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def context() -> ShopContext:
    return shop_context()


def test_cards_come_in_the_order_of_their_ids(context):
    first, second, third = ProductFactory.create_batch(3)

    cards = product_cards([third.pk, first.pk, second.pk], context=context)

    assert [card.id for card in cards] == [third.pk, first.pk, second.pk]


def test_hidden_and_unknown_products_are_left_out(context):
    shown = ProductFactory()
    hidden = ProductFactory(is_public=False)
    of_hidden = ChildFactory(parent=ParentFactory(is_public=False))

    cards = product_cards([hidden.pk, of_hidden.pk, shown.pk, 10**8], context=context)

    assert [card.id for card in cards] == [shown.pk]


def test_card_says_all_about_a_product(context):
    product = ProductFactory(title="Lamp <b>", stockrecords__price=Decimal("84.00"))
    ProductImageFactory(product=product, display_order=1)
    first = ProductImageFactory(product=product, display_order=0, caption="Front")
    ProductReviewFactory(product=product, score=5)
    ProductReviewFactory(product=product, score=4)
    ProductReviewFactory(product=product, score=1, status=0)

    [card] = product_cards([product.pk], context=context)

    assert card.title == "Lamp <b>"
    assert card.url == product.get_absolute_url()
    assert card.image is not None
    assert card.image.alt == "Front"
    assert card.image.url.endswith(first.original.file.name)
    assert card.price is not None
    assert (card.price.amount, card.price.currency) == (Decimal("84.00"), "EUR")
    assert card.price.tax_included
    assert card.availability.code == "instock"
    assert (card.rating, card.review_count) == (Decimal("4.5"), 2)
    assert (card.is_parent, card.variant_count, card.badge) == (False, 0, "New")


def test_product_without_stock_record_is_unavailable(context):
    product = ProductFactory(stockrecords=None)

    [card] = product_cards([product.pk], context=context)

    assert card.price is None
    assert card.availability.code == "unavailable"
    assert not card.availability.can_buy


@pytest.mark.parametrize(
    ("pieces", "code", "message", "can_buy"),
    [
        (6, "instock", "In stock", True),
        (5, "lowstock", "Only 5 left", True),
        (1, "lowstock", "Only 1 left", True),
        (0, "outofstock", "Sold out", False),
    ],
)
def test_few_pieces_are_counted(context, pieces, code, message, can_buy):
    product = ProductFactory(stockrecords__num_in_stock=pieces)

    [card] = product_cards([product.pk], context=context)

    assert (card.availability.code, card.availability.message) == (code, message)
    assert card.availability.can_buy is can_buy


def test_allocated_pieces_do_not_count_as_stock(context):
    product = ProductFactory(
        stockrecords__num_in_stock=10, stockrecords__num_allocated=10
    )

    [card] = product_cards([product.pk], context=context)

    assert card.availability.code == "outofstock"


def test_parent_shows_its_lowest_price_that_can_be_bought(context):
    parent = ParentFactory()
    for price, pieces in (("20.00", 3), ("10.00", 0), ("15.00", 9)):
        ChildFactory(
            parent=parent,
            stockrecords__price=Decimal(price),
            stockrecords__num_in_stock=pieces,
        )
    ChildFactory(parent=parent, is_public=False, stockrecords__price=Decimal("1.00"))

    [card] = product_cards([parent.pk], context=context)

    assert card.price is not None
    assert (card.price.amount, card.price.is_from) == (Decimal("15.00"), True)
    assert card.availability.code == "instock"
    assert (card.is_parent, card.variant_count) == (True, 3)


def test_parent_whose_variants_cost_the_same_has_no_from_price(context):
    parent = ParentFactory()
    ChildFactory.create_batch(2, parent=parent)

    [card] = product_cards([parent.pk], context=context)

    assert card.price is not None
    assert not card.price.is_from


def test_variant_leads_to_its_parent_and_borrows_its_picture(context):
    parent = ParentFactory(title="Tent")
    child = ChildFactory(parent=parent)
    ProductImageFactory(product=parent)

    [card] = product_cards([child.pk], context=context)

    assert card.url == f"{parent.get_absolute_url()}?variant={child.pk}"
    assert card.title == "Tent"
    assert card.image is not None


def test_reduced_price_shows_what_it_was_and_by_how_much(context):
    product = ProductFactory(stockrecords__price=Decimal("100.00"))
    starts = clock.to_minute(context.at) + timedelta(days=1)
    price_change(
        stockrecord=product.stockrecords.get(),
        amount=Decimal("80.00"),
        window=(starts, None),
    )

    [before] = product_cards([product.pk], context=shop_context(at=context.at))
    [during] = product_cards([product.pk], context=shop_context(at=starts))

    assert before.price is not None
    assert during.price is not None
    assert (before.price.amount, before.price.was) == (Decimal("100.00"), None)
    assert (during.price.amount, during.price.was) == (
        Decimal("80.00"),
        Decimal("100.00"),
    )
    assert during.badge == "−20 %"


def test_second_currency_locale_and_time_reach_card_and_cache_key():
    product = ProductFactory(stockrecords__price=Decimal("10.00"))
    pounds = StockRecordFactory(
        product=product, price_currency="GBP", price=Decimal("9.00")
    )
    at = clock.to_minute(clock.now()) + timedelta(hours=1)
    price_change(
        stockrecord=pounds, amount=Decimal("7.00"), window=(at, at + timedelta(hours=1))
    )
    euro = ShopContext(site=1, locale="en", currency="EUR", tax_mode="gross", at=at)
    pound = ShopContext(site=1, locale="de", currency="GBP", tax_mode="net", at=at)
    later = ShopContext(
        site=1,
        locale="de",
        currency="GBP",
        tax_mode="net",
        at=at + timedelta(hours=1),
    )
    yen = ShopContext(site=1, locale="ja", currency="JPY", tax_mode="net", at=at)

    prices = [
        product_cards([product.pk], context=context)[0].price
        for context in (euro, pound, later, yen)
    ]

    assert [price and (price.amount, price.currency) for price in prices] == [
        (Decimal("10.00"), "EUR"),
        (Decimal("7.00"), "GBP"),
        (Decimal("9.00"), "GBP"),
        None,
    ]
    assert [price and price.tax_included for price in prices] == [
        True,
        False,
        False,
        None,
    ]
    assert len({each.cache_key for each in (euro, pound, later, yen)}) == 4


def test_cards_take_four_statements_however_many(context, django_assert_num_queries):
    # 1 products, 1 stock with prices, 1 price history (one is reduced), 1 images
    products = ProductFactory.create_batch(8)
    parent = ParentFactory()
    ChildFactory.create_batch(4, parent=parent)
    ProductImageFactory(product=parent)
    starts = clock.to_minute(context.at) - timedelta(days=1)
    price_change(
        stockrecord=products[0].stockrecords.get(),
        amount=Decimal("5.00"),
        window=(starts, None),
    )
    ids = [product.pk for product in [*products, parent]]

    with django_assert_num_queries(4):
        cards = product_cards(ids, context=context)
        [card.image and card.image.srcset for card in cards]

    assert len(cards) == 9
