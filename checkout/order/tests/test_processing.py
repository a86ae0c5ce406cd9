"""What support does with an order: ships, takes money, cancels."""

from decimal import Decimal

import pytest
from django.core import mail
from oscar.apps.order.exceptions import (
    InvalidOrderStatus,
    InvalidPaymentEvent,
    InvalidShippingEvent,
)
from oscar.core.loading import get_class

from catalogue.factories import ProductFactory
from checkout.order import statuses
from checkout.order.models import Order, PaymentEventType, ShippingEventType
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(browser):
    lamp = ProductFactory(title="Lamp", stockrecords__num_in_stock=10)
    chair = ProductFactory(title="Chair", stockrecords__num_in_stock=10)
    browser.add(lamp, 2)
    order = browser.order(chair)
    OutboxEntry.objects.all().delete()
    return order


@pytest.fixture
def handler():
    return get_class("order.processing", "EventHandler")()


def ship(handler, order, *quantities):
    lines = list(order.lines.order_by("pk"))[: len(quantities)]
    return handler.handle_shipping_event(
        order, ShippingEventType.objects.get(code="shipped"), lines, quantities
    )


def pay(handler, order, amount, code="paid"):
    event_type = PaymentEventType.objects.get(code=code)
    return handler.handle_payment_event(order, event_type, Decimal(amount))


def stock(order):
    return [
        (line.stockrecord.num_in_stock, line.stockrecord.num_allocated)
        for line in order.lines.select_related("stockrecord").order_by("pk")
    ]


def test_part_shipment_takes_its_stock_and_leaves_the_order_open(order, handler):
    assert stock(order) == [(10, 2), (10, 1)]

    ship(handler, order, 1)

    order = Order.objects.get()
    assert stock(order) == [(9, 1), (10, 1)]
    assert order.status == statuses.CONFIRMED
    assert not order.is_shipped


def test_order_is_completed_when_everything_was_shipped(order, handler):
    ship(handler, order, 1)
    ship(handler, order, 1, 1)

    order = Order.objects.get()
    assert order.status == statuses.COMPLETED
    assert {line.status for line in order.lines.all()} == {statuses.COMPLETED}
    assert stock(order) == [(8, 0), (9, 0)]


def test_each_shipment_is_told_by_its_own_mail(order, handler):
    ship(handler, order, 1)
    ship(handler, order, 1, 1)
    for entry in OutboxEntry.objects.order_by("pk"):
        assert outbox_run(entry.pk)

    assert len(mail.outbox) == 2
    assert "1 × Lamp" in mail.outbox[0].body
    assert "Chair" not in mail.outbox[0].body
    assert "1 × Chair" in mail.outbox[1].body


def test_more_than_was_ordered_can_not_be_shipped(order, handler):
    with pytest.raises(InvalidShippingEvent):
        ship(handler, order, 3)

    assert stock(order) == [(10, 2), (10, 1)]
    assert not order.shipping_events.exists()
    assert not OutboxEntry.objects.exists()


def test_cancelled_order_can_not_be_shipped(order, handler):
    handler.handle_order_status_change(order, statuses.CANCELLED)

    with pytest.raises(InvalidShippingEvent, match="Cancelled"):
        ship(handler, order, 1)


def test_cancelled_order_gives_its_stock_back_and_says_so(order, handler):
    handler.handle_order_status_change(order, statuses.CANCELLED, note_msg="Sorry")

    assert stock(order) == [(10, 0), (10, 0)]
    assert order.status == statuses.CANCELLED
    assert order.notes.get().message == "Sorry"
    kinds = [each.kwargs["kind"] for each in OutboxEntry.objects.order_by("pk")]
    assert kinds == ["cancelled"]


def test_nothing_is_completed_before_it_is_shipped(order, handler):
    assert statuses.COMPLETED not in order.available_statuses()
    with pytest.raises(InvalidOrderStatus):
        handler.handle_order_status_change(order, statuses.COMPLETED)

    assert Order.objects.get().status == statuses.CONFIRMED


@pytest.mark.parametrize("ended", [statuses.CANCELLED, statuses.EXPIRED])
def test_ended_orders_stay_as_they_are(order, ended):
    Order.objects.update(status=ended)
    order.refresh_from_db()

    for status in statuses.LABELS:
        if status != ended:
            with pytest.raises(InvalidOrderStatus):
                order.set_status(status)


def test_order_outlives_its_stock_record(order, handler):
    order.lines.first().stockrecord.delete()

    handler.handle_order_status_change(order, statuses.CANCELLED)

    assert Order.objects.get().status == statuses.CANCELLED


def test_paid_is_derived_from_the_payment_source(order, handler):
    assert order.total_incl_tax == Decimal("40.90")
    pay(handler, order, "40.00")
    assert not Order.objects.get().is_paid

    pay(handler, order, "0.90")

    assert Order.objects.get().is_paid


@pytest.mark.parametrize(("code", "amount"), [("paid", "40.91"), ("refunded", "0.01")])
def test_more_than_is_open_is_not_booked(order, handler, code, amount):
    with pytest.raises(InvalidPaymentEvent):
        pay(handler, order, amount, code)

    assert not order.payment_events.exists()
    assert order.amount_paid == 0


def test_refund_is_booked_against_what_was_paid(order, handler):
    pay(handler, order, "40.90")

    pay(handler, order, "10.00", "refunded")

    assert Order.objects.get().amount_paid == Decimal("30.90")
