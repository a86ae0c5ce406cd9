"""Cancelling articles of an order: stock, what is owed, status, mail, and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation
from oscar.apps.order.exceptions import (
    InvalidOrderStatus,
    InvalidPaymentEvent,
    InvalidShippingEvent,
)
from oscar.core.loading import get_class
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.factories import ProductFactory
from catalogue.partner.models import StockRecord
from checkout.communication.models import CommunicationEventType
from checkout.conftest import Browser
from checkout.order import statuses
from checkout.order.mails import order_mail_context
from checkout.order.models import Order, PaymentEventType, ShippingEventType
from checkout.summaries import order_summary
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run


@pytest.fixture
def order(db, browser):
    return ordered(browser)


@pytest.fixture
def handler():
    return get_class("order.processing", "EventHandler")()


def ordered(browser):
    """Two lamps and a chair at 12.00 each, 4.90 for the delivery: 40.90."""
    lamp = ProductFactory(title="Lamp", stockrecords__num_in_stock=10)
    chair = ProductFactory(title="Chair", stockrecords__num_in_stock=10)
    browser.add(lamp, 2)
    order = browser.order(chair)
    OutboxEntry.objects.all().delete()
    return order


def happen(handler, order, code, *quantities, **kwargs):
    """Ship or cancel so many of the first line, the second line, …"""
    pairs = [
        (line, quantity)
        for line, quantity in zip(order.lines.order_by("pk"), quantities, strict=False)
        if quantity
    ]
    return handler.handle_shipping_event(
        order,
        ShippingEventType.objects.get(code=code),
        [line for line, _quantity in pairs],
        [quantity for _line, quantity in pairs],
        **kwargs,
    )


def pay(handler, order, amount, code="paid"):
    event_type = PaymentEventType.objects.get(code=code)
    return handler.handle_payment_event(order, event_type, Decimal(amount))


def stock(order):
    return [
        (line.stockrecord.num_in_stock, line.stockrecord.num_allocated)
        for line in order.lines.select_related("stockrecord").order_by("pk")
    ]


def lines(order):
    return list(order.lines.order_by("pk").values_list("num_cancelled", "status"))


def mails():
    """Send what waits in the outbox."""
    mail.outbox.clear()
    for entry in OutboxEntry.objects.filter(
        task="checkout.order.tasks.order_mail_send"
    ).order_by("pk"):
        assert outbox_run(entry.pk)
    return mail.outbox


# --- A part of the order ----------------------------------------------------------


def test_cancelled_piece_is_back_in_stock_and_no_longer_owed(order, handler):
    happen(handler, order, "cancelled", 1)

    order = Order.objects.get()
    assert stock(order) == [(10, 1), (10, 1)]
    assert lines(order) == [(1, statuses.CONFIRMED), (0, statuses.CONFIRMED)]
    assert order.status == statuses.CONFIRMED
    assert order.cancelled_incl_tax == Decimal("12.00")
    assert order.current_total_incl_tax == Decimal("28.90")
    assert order.cancelled_excl_tax == Decimal("10.00")  # 20 % tax


def test_order_keeps_what_was_sold(order, handler):
    happen(handler, order, "cancelled", 1)

    order = Order.objects.get()
    assert order.total_incl_tax == Decimal("40.90")
    assert [line.quantity for line in order.lines.all()] == [2, 1]
    assert order.lines.first().line_price_incl_tax == Decimal("24.00")


def test_line_is_cancelled_when_all_of_it_is(order, handler):
    happen(handler, order, "cancelled", 0, 1)

    assert lines(order) == [(0, statuses.CONFIRMED), (1, statuses.CANCELLED)]
    assert Order.objects.get().status == statuses.CONFIRMED
    assert stock(order) == [(10, 2), (10, 0)]


def test_cancellation_is_recorded_as_event(order, handler):
    event = happen(handler, order, "cancelled", 1)

    assert event.event_type.code == "cancelled"
    assert [
        (each.line.title, each.quantity) for each in event.line_quantities.all()
    ] == [("Lamp", 1)]


def test_parts_of_a_line_add_up_to_its_price_on_the_cent(browser, db, handler):
    """Three at 3.33 less 1.00 are 8.99: a third is 3.00, two are 5.99."""
    everything = RangeFactory(includes_all_products=True)
    ConditionalOfferFactory(
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(
            range=everything, type="Percentage", value=10, max_affected_items=None
        ),
    )
    cup = ProductFactory(stockrecords__price=Decimal("3.33"))
    browser.add(cup, 2)
    order = browser.order(cup)
    found = []

    for _piece in range(2):
        happen(handler, order, "cancelled", 1)
        found.append(Order.objects.get().cancelled_incl_tax)
    happen(handler, order, "shipped", 1)

    order = Order.objects.get()
    assert found == [Decimal("3.00"), Decimal("5.99")]
    assert order.current_total_incl_tax == Decimal("3.00") + order.shipping_incl_tax
    assert order.status == statuses.COMPLETED


def test_cancelled_piece_can_not_be_shipped(order, handler):
    happen(handler, order, "cancelled", 1)

    with pytest.raises(InvalidShippingEvent):
        happen(handler, order, "shipped", 2)
    happen(handler, order, "shipped", 1, 1)

    order = Order.objects.get()
    assert order.status == statuses.COMPLETED
    assert stock(order) == [(9, 0), (9, 0)]
    assert order.current_total_incl_tax == Decimal("28.90")


def test_order_is_completed_when_the_rest_of_it_is_cancelled(order, handler):
    happen(handler, order, "shipped", 1)

    happen(handler, order, "cancelled", 1, 1)

    order = Order.objects.get()
    assert order.status == statuses.COMPLETED
    assert lines(order) == [(1, statuses.COMPLETED), (1, statuses.CANCELLED)]
    assert stock(order) == [(9, 0), (10, 0)]
    assert order.current_total_incl_tax == Decimal("16.90")  # the delivery stays


def test_cancelled_pieces_are_not_taken_for_shipped_ones(order, handler):
    happen(handler, order, "cancelled", 1)
    assert Order.objects.get().shipping_status == ""

    happen(handler, order, "shipped", 1)
    assert Order.objects.get().shipping_status == "In progress"

    happen(handler, order, "cancelled", 0, 1)
    assert Order.objects.get().shipping_status == "Shipped"


def test_shipped_order_can_not_be_cancelled(order, handler):
    happen(handler, order, "shipped", 1)

    assert Order.objects.get().available_statuses() == ()
    with pytest.raises(InvalidOrderStatus):
        handler.handle_order_status_change(order, statuses.CANCELLED)
    assert stock(order) == [(9, 1), (10, 1)]


@pytest.mark.parametrize(
    ("before", "quantities"),
    [
        ([("shipped", 1)], [2]),
        ([("cancelled", 1)], [2]),
        ([("shipped", 2)], [1]),
        ([("shipped", 2, 1)], [1]),
        ([], [3]),
    ],
)
def test_more_than_is_left_is_not_cancelled(order, handler, before, quantities):
    for code, *earlier in before:
        happen(handler, order, code, *earlier)
    OutboxEntry.objects.all().delete()
    stock_before, owed = stock(order), Order.objects.get().current_total_incl_tax

    with pytest.raises(InvalidShippingEvent):
        happen(handler, order, "cancelled", *quantities)

    assert stock(order) == stock_before
    assert Order.objects.get().current_total_incl_tax == owed
    assert order.shipping_events.count() == len(before)
    assert not OutboxEntry.objects.exists()


def test_line_outlives_its_stock_record(order, handler):
    order.lines.first().stockrecord.delete()

    happen(handler, order, "cancelled", 2)

    assert lines(order)[0] == (2, statuses.CANCELLED)


# --- The whole order --------------------------------------------------------------


def test_order_whose_lines_are_all_cancelled_is_cancelled_with_its_delivery(
    order, handler
):
    happen(handler, order, "cancelled", 2)
    happen(handler, order, "cancelled", 0, 1)

    order = Order.objects.get()
    assert order.status == statuses.CANCELLED
    assert order.current_total_incl_tax == order.current_total_excl_tax == 0
    assert order.status_changes.get(new_status="cancelled").old_status == "confirmed"


@pytest.mark.parametrize("ended", [statuses.CANCELLED, statuses.EXPIRED])
def test_order_that_ends_owes_nothing_and_holds_no_stock(order, handler, ended):
    Order.objects.update(status=statuses.PENDING_PAYMENT)
    order.lines.update(status=statuses.PENDING_PAYMENT)

    handler.handle_order_status_change(order, ended)

    order = Order.objects.get()
    assert order.status == ended
    assert lines(order) == [(2, ended), (1, ended)]
    assert stock(order) == [(10, 0), (10, 0)]
    assert order.current_total_incl_tax == 0
    assert order.shipping_events.get().event_type.code == "cancelled"


def test_what_was_cancelled_before_is_not_cancelled_again(order, handler):
    happen(handler, order, "cancelled", 1)

    handler.handle_order_status_change(order, statuses.CANCELLED)

    assert stock(order) == [(10, 0), (10, 0)]
    assert lines(order) == [(2, statuses.CANCELLED), (1, statuses.CANCELLED)]
    with pytest.raises(InvalidShippingEvent, match="Cancelled"):
        happen(handler, order, "cancelled", 1)


def test_lines_follow_the_order_as_the_setting_says(order, handler, monkeypatch):
    monkeypatch.setattr(Order, "cascade", {statuses.CANCELLED: statuses.CANCELLED})
    Order.objects.update(status=statuses.PENDING_PAYMENT)
    order.lines.update(status=statuses.PENDING_PAYMENT)
    order.refresh_from_db()

    order.set_status(statuses.CONFIRMED)

    assert {line.status for line in order.lines.all()} == {statuses.PENDING_PAYMENT}


# --- Money ------------------------------------------------------------------------


def test_paid_amount_that_is_no_longer_owed_is_to_be_refunded(order, handler):
    pay(handler, order, "40.90")
    assert Order.objects.get().amount_to_refund == 0

    happen(handler, order, "cancelled", 1)

    order = Order.objects.get()
    assert order.amount_to_refund == Decimal("12.00")
    assert order.amount_paid == Decimal("40.90")


def test_refund_is_booked_once(order, handler):
    pay(handler, order, "40.90")
    happen(handler, order, "cancelled", 1)

    handler.handle_refund(order, Decimal("12.00"))
    with pytest.raises(InvalidPaymentEvent):
        handler.handle_refund(order, Decimal("12.00"))

    order = Order.objects.get()
    assert order.amount_to_refund == 0
    assert order.payment_events.get(event_type__code="refunded").amount == 12
    assert order.sources.get().transactions.get(txn_type="Refund").amount == 12
    assert order.is_paid


def test_cancelled_amount_is_not_to_be_paid(order, handler):
    happen(handler, order, "cancelled", 1)

    with pytest.raises(InvalidPaymentEvent):
        pay(handler, order, "28.91")
    pay(handler, order, "28.90")

    assert Order.objects.get().is_paid


@pytest.mark.parametrize("amount", ["0", "-1.00", "NaN", "Infinity"])
def test_amount_that_is_none_is_not_booked(order, handler, amount):
    with pytest.raises(InvalidPaymentEvent):
        pay(handler, order, amount)

    assert not order.payment_events.exists()


# --- What the customer reads ------------------------------------------------------


def test_customer_reads_what_was_cancelled_and_what_is_left_to_pay(order, handler):
    happen(handler, order, "cancelled", 1)

    [message] = mails()
    assert message.to == ["ada@example.org"]
    assert order.number in message.subject
    assert "1 × Lamp\n" in message.body
    assert "1 × Chair\n" not in message.body
    assert "28.90" in message.body
    assert "refund" not in message.body
    html = message.alternatives[0].content
    assert "28.90" in html
    assert "1 cancelled" in html


def test_customer_who_has_paid_reads_the_refund(order, handler):
    pay(handler, order, "40.90")

    happen(handler, order, "cancelled", 1)

    [message] = mails()
    assert "€12.00" in message.body
    assert "refund" in message.body
    assert "€12.00" in message.alternatives[0].content


def test_each_cancellation_has_a_mail_of_its_own_and_the_last_one_says_so(
    order, handler
):
    happen(handler, order, "cancelled", 1)
    happen(handler, order, "cancelled", 0, 1)
    happen(handler, order, "cancelled", 1)

    codes = [each.kwargs["kind"] for each in OutboxEntry.objects.order_by("pk")]
    assert codes == ["lines_cancelled", "lines_cancelled", "cancelled"]
    assert len(mails()) == 3


def test_text_that_staff_typed_knows_what_was_cancelled(order, handler):
    happen(handler, order, "cancelled", 1)
    event_type = CommunicationEventType(
        code="ORDER_LINES_CANCELLED",
        email_body_template="{% for line in cancelled %}{{ line.1 }} × {{ line.0 }}"
        "{% endfor %}: {{ refund|money:order.currency }}",
    )

    messages = event_type.get_messages(order_mail_context(order=Order.objects.get()))

    assert messages["body"] == "1 × Lamp: €0.00"


def test_mails_are_in_the_language_of_the_order(order, handler):
    Order.objects.update(language="de")

    with translation.override("en"):  # of who works in the back office
        happen(handler, order, "cancelled", 2, 1)

    [message] = mails()
    assert "Bestellung" in message.subject


def test_summary_shows_what_was_cancelled(order, handler):
    happen(handler, order, "cancelled", 1)

    summary = order_summary(order=Order.objects.get())

    assert [(line.quantity, line.note) for line in summary.lines] == [
        (2, "1 cancelled"),
        (1, ""),
    ]
    assert [(row.label, row.amount) for row in summary.rows][-1] == (
        "Cancelled",
        Decimal("-12.00"),
    )
    assert summary.total.amount == Decimal("28.90")


def test_pages_of_the_customer_show_what_was_cancelled(order, handler, browser):
    pay(handler, order, "40.90")
    happen(handler, order, "cancelled", 1)
    link = f"/accounts/order-status/{order.number}/{order.verification_hash()}/"

    page = browser.get(link).content.decode()

    assert "1 cancelled" in page
    assert "€28.90" in page
    assert "We will refund €12.00" in page
    handler.handle_refund(order, Decimal("12.00"))
    page = browser.get(link).content.decode()
    assert "We have refunded €12.00" in page
    assert "We will refund" not in page


# --- The same thing wanted twice --------------------------------------------------


def test_page_that_is_out_of_date_cancels_nothing(order, handler):
    happen(handler, order, "cancelled", 1, expected_events=0)

    with pytest.raises(InvalidShippingEvent, match="has changed"):
        happen(handler, order, "cancelled", 1, expected_events=0)

    assert stock(order) == [(10, 1), (10, 1)]


def in_threads(work, count):
    def run(number):
        try:
            return work(number)
        except (InvalidShippingEvent, InvalidOrderStatus, InvalidPaymentEvent):
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [each for each in pool.map(run, range(count)) if each]


def test_clicks_at_once_cancel_once_and_refund_once(real_db, handler):
    order = ordered(Browser())
    pay(handler, order, "40.90")

    cancelled = in_threads(
        lambda _n: happen(handler, order, "cancelled", 1, expected_events=0), 5
    )
    refunded = in_threads(lambda _n: handler.handle_refund(order, Decimal("12.00")), 5)

    assert (len(cancelled), len(refunded)) == (1, 1)
    assert stock(order) == [(10, 1), (10, 1)]
    order = Order.objects.get()
    assert order.cancelled_incl_tax == Decimal("12.00")
    assert order.amount_paid == Decimal("28.90")
    assert OutboxEntry.objects.filter(task__startswith="checkout").count() == 1


def test_piece_is_either_shipped_or_cancelled(real_db, handler):
    order = ordered(Browser())

    done = in_threads(
        lambda n: happen(handler, order, ("shipped", "cancelled")[n % 2], 2, 1), 6
    )

    assert len(done) == 1
    shipped = done[0].event_type.code == "shipped"
    assert stock(order) == ([(8, 0), (9, 0)] if shipped else [(10, 0), (10, 0)])
    assert Order.objects.get().status == (
        statuses.COMPLETED if shipped else statuses.CANCELLED
    )


def test_line_and_order_cancelled_at_once_give_the_stock_back_once(real_db, handler):
    order = ordered(Browser())
    StockRecord.objects.update(num_allocated=5)  # by other orders too

    def work(number):
        if number % 2:
            return happen(handler, order, "cancelled", 2)
        return handler.handle_order_status_change(order, statuses.CANCELLED)

    in_threads(work, 4)

    assert Order.objects.get().status == statuses.CANCELLED
    assert stock(order) == [(10, 3), (10, 4)]
