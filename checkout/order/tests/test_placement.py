"""Placement: what is written, what is refused, and what happens when two want the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import translation
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
    VoucherFactory,
)

from catalogue.factories import ProductFactory
from catalogue.partner.models import StockAlert, StockRecord
from catalogue.partner.services import price_change
from catalogue.partner.strategy import Strategy
from checkout.basket.models import Basket
from checkout.basket.services import basket_add
from checkout.conftest import Browser
from checkout.order import utils
from checkout.order.models import BillingAddress, Line, Order, ShippingAddress
from checkout.order.services import OrderRefusedError, Submission, order_place
from checkout.payment.models import Source
from foundation.core import clock
from foundation.core.context import shop_context
from foundation.core.models import OutboxEntry


def basket_with(*products, quantity=1):
    basket = Basket()
    basket.strategy = Strategy(context=shop_context())
    for product in products:
        basket_add(basket=basket, product=product, quantity=quantity)
    return basket


def submission(total):
    address = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "line1": "Ringstraße 1",
        "line4": "Berlin",
        "postcode": "10115",
        "country_id": "DE",
    }
    return Submission(
        user=AnonymousUser(),
        email="ada@example.org",
        shipping_address=ShippingAddress(**address),
        billing_address=BillingAddress(**address),
        shipping_code="standard",
        payment_code="invoice",
        total=Decimal(total),
    )


def place(basket, total):
    return order_place(
        basket_id=basket.pk, context=shop_context(), submission=submission(total)
    )


def percent_off(percent, **kwargs):
    everything = RangeFactory(name=f"Everything {percent}", includes_all_products=True)
    return ConditionalOfferFactory(
        name=f"{percent} percent",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(
            range=everything,
            type="Percentage",
            value=percent,
            max_affected_items=None,
        ),
        **kwargs,
    )


# --- What is written --------------------------------------------------------------


@pytest.mark.django_db
def test_order_holds_what_the_basket_held():
    product = ProductFactory(title="Lamp", stockrecords__price=Decimal("12.00"))
    basket = basket_with(product, quantity=3)

    order = place(basket, "40.90")  # 3 × 12.00 and 4.90 for the delivery

    line = order.lines.get()
    assert (line.title, line.quantity) == ("Lamp", 3)
    assert line.line_price_incl_tax == Decimal("36.00")
    assert order.total_incl_tax == Decimal("40.90")
    assert order.shipping_incl_tax == Decimal("4.90")
    assert order.status == line.status == "confirmed"
    assert order.guest_email == "ada@example.org"
    assert order.status_changes.get().old_status == "pending-payment"


@pytest.mark.django_db
def test_order_knows_the_language_of_its_customer():
    basket = basket_with(ProductFactory())

    with translation.override("de"):
        order = place(basket, "16.90")

    assert Order.objects.get(pk=order.pk).language == "de"


@pytest.mark.django_db
def test_invoice_is_owed_and_not_paid():
    order = place(basket_with(ProductFactory()), "16.90")

    source = Source.objects.get(order=order)
    assert source.source_type.code == "invoice"
    assert source.amount_allocated == Decimal("16.90")
    assert not order.is_paid


@pytest.mark.django_db
def test_tax_is_rounded_on_the_line_after_its_discount():
    """Three at 9.99 less 10 %: 29.97 − 3.00 = 26.97 gross; a fifth of it over 1.2 is 4.495 → 4.50."""
    percent_off(10)
    product = ProductFactory(stockrecords__price=Decimal("9.99"))
    rate = product.stockrecords.get().tax_class.rate
    basket = basket_with(product, quantity=3)

    order = place(basket, "31.87")

    line = order.lines.get()
    gross = Decimal("26.97")
    tax = (gross * rate / (1 + rate)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert line.line_price_incl_tax == gross
    assert line.line_price_excl_tax == gross - tax
    assert line.line_price_before_discounts_incl_tax == Decimal("29.97")


@pytest.mark.django_db
def test_unit_prices_add_up_to_the_line_on_the_cent():
    percent_off(10)
    basket = basket_with(
        ProductFactory(stockrecords__price=Decimal("9.99")), quantity=7
    )
    basket = Basket.objects.get(pk=basket.pk)

    order = place(basket, "62.94")  # 69.93 − 6.99, delivery free from 60

    line = order.lines.get()
    prices = line.prices.all()
    assert sum(each.quantity for each in prices) == 7
    assert sum(each.price_incl_tax * each.quantity for each in prices) == (
        line.line_price_incl_tax
    )
    assert sum(each.price_excl_tax * each.quantity for each in prices) == (
        line.line_price_excl_tax
    )


@pytest.mark.django_db
def test_lines_and_delivery_add_up_to_the_order():
    percent_off(15)
    products = [
        ProductFactory(stockrecords__price=Decimal(price))
        for price in ("0.01", "3.33", "17.77")
    ]
    basket = basket_with(*products, quantity=2)
    # 2 × 21.11 = 42.22, less 15 % = 6.33 → 35.89, delivery 4.90
    order = place(basket, "40.79")

    lines = order.lines.all()
    assert sum(line.line_price_incl_tax for line in lines) == (
        order.total_incl_tax - order.shipping_incl_tax
    )
    assert sum(line.line_price_excl_tax for line in lines) == (
        order.total_excl_tax - order.shipping_excl_tax
    )
    assert order.discounts.get().amount == Decimal("6.33")
    assert sum(
        each.amount for line in lines for each in line.discounts.all()
    ) == Decimal("6.33")


@pytest.mark.django_db
def test_use_of_an_offer_is_counted():
    offer = percent_off(10)

    place(basket_with(ProductFactory()), "15.70")

    offer.refresh_from_db()
    assert (offer.num_orders, offer.num_applications) == (1, 1)
    assert offer.total_discount == Decimal("1.20")


@pytest.mark.django_db
def test_stock_is_allocated_and_basket_submitted():
    product = ProductFactory(stockrecords__num_in_stock=5)
    basket = basket_with(product, quantity=2)

    place(basket, "28.90")

    record = product.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (5, 2)
    basket.refresh_from_db()
    assert basket.status == Basket.SUBMITTED


def alerts(product):
    return list(
        StockAlert.objects.filter(stockrecord__product=product).values_list(
            "status", "threshold"
        )
    )


@pytest.mark.django_db
def test_order_that_leaves_less_than_the_threshold_opens_one_alert():
    lamp = ProductFactory(stockrecords__num_in_stock=5)
    chair = ProductFactory(stockrecords__num_in_stock=5)
    StockRecord.objects.filter(product=lamp).update(low_stock_threshold=4)

    place(basket_with(lamp, chair), "28.90")
    assert alerts(lamp) == []
    place(basket_with(lamp), "16.90")
    place(basket_with(lamp), "16.90")

    assert alerts(lamp) == [("Open", 4)]
    assert alerts(chair) == []


def test_parallel_orders_open_one_alert(real_db):
    lamp = ProductFactory(stockrecords__num_in_stock=6)
    StockRecord.objects.filter(product=lamp).update(low_stock_threshold=6)
    baskets = [basket_with(lamp) for _ in range(6)]

    def order(basket):
        try:
            return place(basket, "16.90")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(order, baskets))

    assert alerts(lamp) == [("Open", 6)]


@pytest.mark.django_db
def test_number_that_is_taken_is_drawn_anew(monkeypatch):
    taken = place(basket_with(ProductFactory()), "16.90").number
    numbers = iter([taken, taken, "ZZZ-ZZZ-ZZZ"])
    monkeypatch.setattr(utils, "order_number_generate", lambda: next(numbers))

    order = place(basket_with(ProductFactory()), "16.90")

    assert order.number == "ZZZ-ZZZ-ZZZ"


# --- What is refused --------------------------------------------------------------


def nothing_happened(product):
    assert not Order.objects.exists()
    assert not ShippingAddress.objects.exists()
    assert not OutboxEntry.objects.filter(task__startswith="checkout").exists()
    assert not product.stockrecords.get().num_allocated
    assert Basket.objects.get().status == Basket.OPEN


@pytest.mark.django_db
def test_other_total_than_the_one_shown_is_refused():
    product = ProductFactory()
    basket = basket_with(product)
    price_change(stockrecord=product.stockrecords.get(), amount=Decimal("13.00"))

    with pytest.raises(OrderRefusedError, match="price has changed"):
        place(basket, "16.90")

    nothing_happened(product)


@pytest.mark.django_db
def test_withdrawn_product_is_refused_by_name():
    product = ProductFactory(title="Lamp")
    basket = basket_with(product)
    product.is_public = False
    product.save()

    with pytest.raises(OrderRefusedError, match="Lamp"):
        place(basket, "16.90")

    nothing_happened(product)


@pytest.mark.django_db
def test_more_than_there_is_is_refused():
    product = ProductFactory(stockrecords__num_in_stock=2)
    basket = basket_with(product, quantity=2)
    StockRecord.objects.update(num_allocated=1)

    with pytest.raises(OrderRefusedError, match="only 1"):
        place(basket, "28.90")

    assert not Order.objects.exists()


@pytest.mark.django_db
def test_conditional_update_takes_nothing_when_one_line_lacks_stock():
    """The guard behind the guard: right even for a caller that forgot the lock."""
    enough = ProductFactory(stockrecords__num_in_stock=5)
    short = ProductFactory(stockrecords__num_in_stock=1)
    basket = basket_with(enough, short)
    StockRecord.objects.filter(product=short).update(num_in_stock=0)

    with pytest.raises(utils.OutOfStockError), transaction.atomic():
        utils.OrderCreator().allocate_stock(basket.all_lines())

    assert not enough.stockrecords.get().num_allocated


@pytest.mark.django_db
def test_country_we_do_not_deliver_to_is_refused():
    basket = basket_with(ProductFactory())
    wanted = submission("16.90")
    wanted.shipping_address.country_id = "US"

    with pytest.raises(OrderRefusedError):
        order_place(basket_id=basket.pk, context=shop_context(), submission=wanted)

    assert not Order.objects.exists()


@pytest.mark.django_db
def test_voucher_for_one_use_is_used_once():
    offer = percent_off(50, offer_type="Voucher")
    voucher = VoucherFactory(
        code="ONCE",
        usage="Single use",
        start_datetime=clock.now() - timedelta(days=1),
        end_datetime=clock.now() + timedelta(days=1),
    )
    voucher.offers.add(offer)
    first, second = basket_with(ProductFactory()), basket_with(ProductFactory())
    first.vouchers.add(voucher)
    second.vouchers.add(voucher)

    order = place(first, "10.90")  # 12.00 halved, and 4.90

    assert order.discounts.get().voucher_code == "ONCE"
    with pytest.raises(OrderRefusedError, match="price has changed"):
        place(second, "10.90")
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.total_discount) == (1, Decimal("6.00"))


# --- The same thing wanted twice --------------------------------------------------


@pytest.mark.django_db
def test_second_submit_gives_the_order_of_the_first():
    basket = basket_with(ProductFactory())

    first = place(basket, "16.90")
    second = place(basket, "16.90")

    assert first.pk == second.pk
    assert (
        OutboxEntry.objects.filter(task="checkout.order.tasks.order_mail_send").count()
        == 1
    )


def in_threads(work, arguments):
    def run(argument):
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


def prepared(product):
    """A browser that has only to press the button, and what it would send."""
    browser = Browser()
    browser.add(product)
    browser.give_details()
    browser.choose_delivery()
    page = browser.preview().context
    return browser, {
        "basket": page["basket_token"],
        "total": page["summary"].total.amount,
    }


def test_last_one_goes_to_exactly_one_of_two_shoppers(real_db):
    product = ProductFactory(stockrecords__num_in_stock=1)
    shoppers = [prepared(product), prepared(product)]

    answers = in_threads(
        lambda shopper: shopper[0].post("/checkout/preview/", shopper[1]).url, shoppers
    )

    assert sorted(answers) == ["/checkout/preview/", "/checkout/thank-you/"]
    assert Order.objects.count() == 1
    assert product.stockrecords.get().num_allocated == 1


def test_ten_submits_of_one_basket_are_one_order(real_db):
    browser, data = prepared(ProductFactory())
    cookies = browser.cookies

    def submit(_number):
        again = Browser()
        again.cookies = cookies.copy()
        response = again.post("/checkout/preview/", data)
        page = again.get(response.url)
        return response.url, page.context["order"].number

    answers = in_threads(submit, range(10))

    order = Order.objects.get()
    assert set(answers) == {("/checkout/thank-you/", order.number)}
    assert Line.objects.count() == 1
    assert OutboxEntry.objects.filter(task__startswith="checkout").count() == 1


def test_baskets_with_the_same_lines_the_other_way_round_do_not_deadlock(real_db):
    lamp, chair = ProductFactory(), ProductFactory()
    baskets = [
        basket_with(*(pair if number % 2 else reversed(pair)))
        for number in range(6)
        for pair in [(lamp, chair)]
    ]

    orders = in_threads(lambda basket: place(basket, "28.90"), baskets)

    assert len({order.pk for order in orders}) == 6
    assert lamp.stockrecords.get().num_allocated == 6
