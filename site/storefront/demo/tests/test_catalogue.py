"""The catalogue as data: how much, how difficult, and nothing that leads nowhere."""

from dataclasses import replace
from decimal import Decimal

import pytest

from storefront.demo.catalogue import CASES, SAMPLES, build_catalogue
from storefront.demo.hard_cases import HARD_CASES, HARD_TITLES
from storefront.demo.ranges import GOES_WITH, RANGES
from storefront.demo.trade import price_history

SIZES = ("tiny", "default", "large")


def product_of(case, size="default"):
    return next(
        product
        for product in build_catalogue(size, hard_cases=True).products
        if product.case == case
    )


@pytest.mark.parametrize(
    ("size", "products", "categories", "orders"),
    [("tiny", 24, 36, 12), ("default", 240, 36, 300), ("large", 20_000, 300, 300)],
)
def test_sizes(size, products, categories, orders):
    catalogue = build_catalogue(size)

    assert (
        len(catalogue.products),
        len(catalogue.categories),
        len(catalogue.orders),
    ) == (products, categories, orders)


def test_default_has_about_900_skus_and_at_most_400_pictures():
    catalogue = build_catalogue("default")

    assert 850 <= sum(len(product.variants) for product in catalogue.products) <= 950
    assert 280 <= len(catalogue.images()) <= 400


def test_large_draws_no_further_pictures():
    assert set(build_catalogue("large").images()) == set(
        build_catalogue("default").images()
    )


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_same_size_is_the_same_shop(size):
    built_again = build_catalogue.__wrapped__(size)

    assert built_again == build_catalogue(size)


@pytest.mark.parametrize("size", SIZES)
def test_numbers_and_slugs_are_unique(size):
    products = build_catalogue(size).products
    skus = [variant.sku for product in products for variant in product.variants]

    assert len({product.upc for product in products}) == len(products)
    assert len({product.slug for product in products}) == len(products)
    assert len(set(skus)) == len(skus)


@pytest.mark.parametrize("size", SIZES)
def test_references_lead_somewhere(size):
    catalogue = build_catalogue(size)
    slugs = {category.slug for category in catalogue.categories}
    types = {spec.code: spec for spec in catalogue.product_types}
    skus = {
        variant.sku for product in catalogue.products for variant in product.variants
    }
    upcs = set(catalogue.by_upc)
    mails = {customer.email for customer in catalogue.customers}

    for product in catalogue.products:
        codes = {attribute.code for attribute in types[product.product_type].attributes}
        assert set(product.categories) <= slugs
        assert set(product.recommended) <= upcs
        assert product.upc not in product.recommended
        assert {code for code, _ in product.attributes} <= codes
        for variant in product.variants:
            assert tuple(code for code, _ in variant.axes) in (
                ("colour",),
                ("size",),
                ("colour", "size"),
                (),
            )
            assert variant.image is None or variant.image in product.images
    assert {line.sku for order in catalogue.orders for line in order.lines} <= skus
    assert {order.customer for order in catalogue.orders} <= mails
    assert {slug for offer in catalogue.offers for slug in offer.categories} <= slugs


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_option_values_are_among_the_options(size):
    catalogue = build_catalogue(size)
    options = {
        (spec.code, attribute.code): attribute.options
        for spec in catalogue.product_types
        for attribute in spec.attributes
        if attribute.options
    }

    for product in catalogue.products:
        values = [
            *product.attributes,
            *(axis for variant in product.variants for axis in variant.axes),
        ]
        for code, value in values:
            if allowed := options.get((product.product_type, code)):
                assert set(value if isinstance(value, tuple) else (value,)) <= set(
                    allowed
                )


@pytest.mark.parametrize("size", SIZES)
def test_prices_are_decimals_with_two_places(size):
    for product in build_catalogue(size).products:
        for variant in product.variants:
            assert isinstance(variant.price, Decimal)
            assert variant.price.as_tuple().exponent == -2
            assert variant.price > 0


def test_categories_have_three_levels_and_parents_come_first():
    categories = build_catalogue("default").categories
    seen = {}

    for category in categories:
        assert category.level == (seen[category.parent] + 1 if category.parent else 1)
        seen[category.slug] = category.level
    assert set(seen.values()) == {1, 2, 3}


def test_empty_and_hidden_category():
    catalogue = build_catalogue("default")
    filled = {slug for product in catalogue.products for slug in product.categories}
    by_case = {category.case: category for category in catalogue.categories}

    assert by_case["empty"].slug not in filled
    assert by_case["hidden"].slug in filled
    assert not by_case["hidden"].is_public


@pytest.mark.parametrize("size", SIZES)
def test_every_case_is_there_once(size):
    products = build_catalogue(size).products

    assert sorted(product.case for product in products if product.case) == sorted(CASES)


@pytest.mark.parametrize("size", SIZES)
def test_hard_cases_are_no_part_of_the_demo(size):
    demo, tests = build_catalogue(size), build_catalogue(size, hard_cases=True)

    assert not {product.title for product in demo.products} & {*HARD_TITLES.values()}
    assert min(v.price for product in demo.products for v in product.variants) > 5
    assert all(product.images for product in demo.products)
    assert tests.products[: len(demo.products)] == demo.products
    added = tests.products[len(demo.products) :]
    assert [product.case for product in added] == list(HARD_CASES)
    assert tests.orders == demo.orders


def test_hard_cases_can_be_added_to_every_size():
    added = [
        build_catalogue(size, hard_cases=True).products[-len(HARD_CASES) :]
        for size in SIZES
    ]

    assert added[0] == added[1] == added[2]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_recommended_is_used_together(size):
    catalogue = build_catalogue(size)

    assert set(GOES_WITH) == {entry.kind for entry in RANGES}
    for product in catalogue.products:
        others = [catalogue.by_upc[upc] for upc in product.recommended]
        kinds = [other.kind for other in others]
        assert set(kinds) <= set(GOES_WITH[product.kind])
        assert len(kinds) == len(set(kinds))
        assert len(kinds) == 3 or size == "tiny"
        assert kinds
        assert all(other.is_public for other in others)
        assert not any(other.categories == (SAMPLES,) for other in others)


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_hard_cases_are_what_they_are_called(size):
    assert product_of("no-image", size).images == ()
    assert len(set(product_of("nine-images", size).images)) == 9
    assert (
        len({variant.axes for variant in product_of("many-variants", size).variants})
        == 96
    )
    assert {variant.stock for variant in product_of("out-of-stock", size).variants} == {
        0
    }
    assert {variant.stock for variant in product_of("one-left", size).variants} == {1}
    assert "<script>" in product_of("html-title", size).title
    assert 240 <= len(product_of("long-title", size).title) <= 255
    assert {
        variant.price for variant in product_of("price-one-cent", size).variants
    } == {Decimal("0.01")}
    assert not product_of("withdrawn", size).is_public


def test_titles_fit_the_database():
    for product in build_catalogue("large").products:
        assert (
            max(
                len(product.title),
                *(len(variant.title) for variant in product.variants),
            )
            <= 255
        )


def test_a_standalone_carries_the_number_of_its_product():
    for product in build_catalogue("large").products:
        if not product.is_parent:
            assert [variant.sku for variant in product.variants] == [product.upc]


def test_price_history_ends_at_the_price_of_today():
    for product in build_catalogue("default").products:
        for variant in product.variants:
            days = [day for day, _ in price_history(variant.sku, variant.price)]
            assert days[0] == 730
            assert days == sorted(set(days), reverse=True)
            assert price_history(variant.sku, variant.price)[-1][1] == variant.price


def test_pictures_are_equal_whatever_their_text_says():
    image = product_of("nine-images").images[0]

    assert replace(image, alt="another") == image
    assert replace(image, view=5) != image
