"""What a shopper is told about an order; written to the outbox, sent once."""

from __future__ import annotations

from django.utils import translation
from oscar.core.loading import get_model

from checkout.address.formats import address_lines
from checkout.mail import absolute_url, mail_send
from checkout.order.models import CommunicationEvent, Order
from checkout.summaries import order_summary
from foundation.core.queueing import enqueue_on_commit

CODES = {
    "placed": ("ORDER_PLACED", "Order confirmation"),
    "shipped": ("ORDER_SHIPPED", "Order shipped"),
    "cancelled": ("ORDER_CANCELLED", "Order cancelled"),
}
"""Kind of mail → code and name of its communication event type."""


def order_mail_enqueue(*, order: Order, kind: str, reference: int = 0) -> None:
    """Have the mail sent after the commit, in the language that is active now.

    ``reference`` tells mails of one kind apart, e.g. two shipments of an order.
    """
    enqueue_on_commit(
        "checkout.order.tasks.order_mail_send",
        order_id=order.pk,
        kind=kind,
        reference=reference,
        language=translation.get_language() or "",
    )


def order_mail_send(*, order_id: int, kind: str, reference: int, language: str) -> None:
    """Send the mail unless it was sent; the order's communication events remember that."""
    orders = Order.objects.select_related("shipping_address", "user")
    order = orders.filter(pk=order_id).first()
    code, name = CODES[kind]
    events = CommunicationEvent.objects.filter(order=order_id, event_type__code=code)
    if order is None or not order.email or (not reference and events.exists()):
        return
    event_type, _created = get_model(
        "communication", "CommunicationEventType"
    ).objects.get_or_create(code=code, defaults={"name": name})
    sent = CommunicationEvent(order=order, event_type=event_type)
    with translation.override(language or None):
        mail_send(
            to=order.email,
            code=code,
            context=order_mail_context(order=order, reference=reference),
            message_id=f"order.{order.number}.{kind}.{reference}",
            on_sent=sent.save,
        )


def order_mail_context(*, order: Order, reference: int = 0) -> dict:
    event = order.shipping_events.filter(pk=reference).first() if reference else None
    return {
        "order": order,
        "summary": order_summary(order=order),
        "shipping_lines": address_lines(order.shipping_address),
        "shipped": (
            [
                (each.line.title, each.quantity)
                for each in event.line_quantities.select_related("line")
            ]
            if event
            else []
        ),
        "status_url": absolute_url(
            "customer:anon-order",
            order_number=order.number,
            hash=order.verification_hash(),
        ),
    }
