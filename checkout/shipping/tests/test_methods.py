from decimal import Decimal

import pytest
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.factories import ProductFactory
from checkout.order.models import Order

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("price", "quantity", "delivery"),
    [("59.99", 1, "4.90"), ("60.00", 1, "0.00"), ("30.00", 2, "0.00")],
)
def test_standard_delivery_is_free_from_sixty(browser, price, quantity, delivery):
    product = ProductFactory(stockrecords__price=Decimal(price))
    browser.add(product, quantity)
    browser.give_details()
    browser.choose_delivery()
    browser.place()

    assert Order.objects.get().shipping_incl_tax == Decimal(delivery)


def test_delivery_is_taxed_like_the_goods(browser):
    product = ProductFactory()
    rate = product.stockrecords.get().tax_class.rate
    browser.add(product)
    browser.give_details()
    browser.choose_delivery(shipping_code="express")
    browser.place()

    order = Order.objects.get()
    tax = (Decimal("12.90") * rate / (1 + rate)).quantize(
        Decimal("0.01"), "ROUND_HALF_UP"
    )
    assert order.shipping_incl_tax - order.shipping_excl_tax == tax
    assert order.total_excl_tax == order.shipping_excl_tax + (
        order.lines.get().line_price_excl_tax
    )


def test_offer_on_delivery_is_noted_with_the_order(browser):
    everything = RangeFactory(name="Everything", includes_all_products=True)
    ConditionalOfferFactory(
        name="Half the delivery",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(range=None, type="Shipping percentage", value=50),
    )
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()
    browser.place()

    order = Order.objects.get()
    assert order.shipping_incl_tax == Decimal("2.45")
    assert order.total_incl_tax == Decimal("14.45")
    discount = order.discounts.get()
    assert (discount.category, discount.amount) == ("Shipping", Decimal("2.45"))
