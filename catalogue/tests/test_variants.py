from decimal import Decimal

import pytest

from catalogue.factories import (
    AxisFactory,
    ChildFactory,
    PartnerFactory,
    ProductFactory,
)
from catalogue.models import Product
from catalogue.services import VariantError, product_create_variants

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    PartnerFactory()
    return ProductFactory(title="Shirt", upc="SHIRT", stockrecords=None)


@pytest.fixture
def axes(product):
    chosen = {}
    for code, options in (("colour", ["Red", "Blue"]), ("size", ["S", "M", "L"])):
        axis = AxisFactory(
            code=code,
            name=code.title(),
            product_class=product.product_class,
            option_group__name=code,
            options=options,
        )
        chosen[code] = list(axis.option_group.options.order_by("pk"))
    return chosen


def test_each_combination_becomes_a_variant(product, axes):
    made = product_create_variants(parent=product, axes=axes)

    product.refresh_from_db()
    assert product.is_parent
    assert [child.upc for child in made] == [
        "SHIRT-RED-S",
        "SHIRT-RED-M",
        "SHIRT-RED-L",
        "SHIRT-BLUE-S",
        "SHIRT-BLUE-M",
        "SHIRT-BLUE-L",
    ]
    child = Product.objects.get(upc="SHIRT-BLUE-M")
    assert (child.attr.colour.option, child.attr.size.option) == ("Blue", "M")
    record = child.stockrecords.get()
    assert (record.partner_sku, record.price, record.num_in_stock) == (
        "SHIRT-BLUE-M",
        None,
        0,
    )
    child.full_clean()


def test_what_is_there_already_is_not_made_again(product, axes):
    few = {"colour": axes["colour"][:1], "size": axes["size"][:2]}
    product_create_variants(parent=product, axes=few)

    made = product_create_variants(parent=product, axes=axes)
    again = product_create_variants(parent=product, axes=axes)

    assert len(made) == 4
    assert again == []
    assert product.children.count() == 6


def test_taken_number_gets_an_ending(product, axes):
    ProductFactory(upc="SHIRT-RED-S")

    made = product_create_variants(parent=product, axes=axes)

    assert made[0].upc.startswith("SHIRT-RED-S-")
    assert len({child.upc for child in made}) == 6


def _no_axis(product, axes):
    return product, {}


def _empty_axis(product, axes):
    return product, axes | {"size": []}


def _unknown_axis(product, axes):
    return product, {"material": axes["size"]}


def _foreign_option(product, axes):
    return product, {"colour": axes["size"]}


def _stock_of_its_own(product, axes):
    return ProductFactory(product_class=product.product_class), axes


def _variant(product, axes):
    return ChildFactory(parent__product_class=product.product_class), axes


@pytest.mark.parametrize(
    "case",
    [
        _no_axis,
        _empty_axis,
        _unknown_axis,
        _foreign_option,
        _stock_of_its_own,
        _variant,
    ],
)
def test_impossible_variants_are_refused(product, axes, case):
    parent, chosen = case(product, axes)
    before = Product.objects.count()

    with pytest.raises(VariantError):
        product_create_variants(parent=parent, axes=chosen)

    parent.refresh_from_db()
    assert not parent.is_parent
    assert Product.objects.count() == before


def test_too_many_variants_are_refused(product, axes):
    many = {"colour": axes["colour"] * 60, "size": axes["size"]}

    with pytest.raises(VariantError, match="At most 200"):
        product_create_variants(parent=product, axes=many)


def test_variant_can_be_priced_like_any_product(product, axes):
    from catalogue.partner.services import price_change

    child, *_ = product_create_variants(parent=product, axes=axes)

    price_change(stockrecord=child.stockrecords.get(), amount=Decimal("19.00"))

    assert child.stockrecords.get().price == Decimal("19.00")
