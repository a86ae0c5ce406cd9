"""What a shopper is told about an order; written to the outbox, sent once."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation
from oscar.core.loading import get_model

from checkout.address.formats import address_lines
from checkout.mail import absolute_url, mail_send
from checkout.order.models import (
    CANCELLED,
    SHIPPED,
    CommunicationEvent,
    Order,
)
from checkout.summaries import order_summary
from foundation.core import clock
from foundation.core.queueing import enqueue_on_commit, entry_write, queue_of

CODES = {
    "placed": ("ORDER_PLACED", "Order confirmation"),
    "shipped": ("ORDER_SHIPPED", "Order shipped"),
    "cancelled": ("ORDER_CANCELLED", "Order cancelled"),
    "lines_cancelled": ("ORDER_LINES_CANCELLED", "Articles of an order cancelled"),
}
"""Kind of mail → code and name of its communication event type."""


TASK = "checkout.order.tasks.order_mail_send"
GUEST_MAILS, GUEST_WINDOW = 5, timedelta(hours=1)
"""How many confirmations a guest address gets in which time. Further ones are delayed, not lost."""

GUEST_DELAY = timedelta(minutes=10)


def order_mail_enqueue(*, order: Order, kind: str, reference: int = 0) -> None:
    """Have the mail sent after the commit, in the language of the order.

    ``reference`` is the shipping event that the mail is about, and tells mails of one
    kind apart.
    """
    enqueue_on_commit(TASK, order_id=order.pk, kind=kind, reference=reference)


def order_mail_send(*, order_id: int, kind: str, reference: int) -> None:
    """Send the mail unless it was sent; the order's communication events remember that.

    Anybody can type any address as a guest: where its mailbox has had enough
    confirmations lately, this one tries again later.
    """
    orders = Order.objects.select_related("shipping_address", "user")
    order = orders.filter(pk=order_id).first()
    code, name = CODES[kind]
    events = CommunicationEvent.objects.filter(order=order_id, event_type__code=code)
    if order is None or not order.email or (not reference and events.exists()):
        return
    if kind == "placed" and _guest_mails_lately(order) >= GUEST_MAILS:
        entry_write(
            task=TASK,
            kwargs={"order_id": order_id, "kind": kind, "reference": reference},
            queue=queue_of(TASK),
            delay=GUEST_DELAY,
        )
        return
    event_type, _created = get_model(
        "communication", "CommunicationEventType"
    ).objects.get_or_create(code=code, defaults={"name": name})
    sent = CommunicationEvent(order=order, event_type=event_type)
    with translation.override(order.language or None):
        mail_send(
            to=order.email,
            code=code,
            context=order_mail_context(order=order, reference=reference),
            message_id=f"order.{order.number}.{kind}.{reference}",
            on_sent=sent.save,
        )


def _guest_mails_lately(order: Order) -> int:
    """Count the confirmations that went to the order's guest address in the last hour.

    An event from a later hour is a clock that was wrong once.
    """
    if not order.guest_email:
        return 0
    now = clock.now()
    return CommunicationEvent.objects.filter(
        order__guest_email=order.guest_email,
        event_type__code=CODES["placed"][0],
        date_created__gt=now - GUEST_WINDOW,
        date_created__lt=now + GUEST_WINDOW,
    ).count()


def order_mail_context(*, order: Order, reference: int = 0) -> dict:
    """What mails about ``order`` know; ``refund`` is zero if nothing is to be refunded."""
    return {
        "order": order,
        "summary": order_summary(order=order),
        "shipping_lines": address_lines(order.shipping_address),
        "shipped": _event_lines(order, SHIPPED, reference),
        "cancelled": _event_lines(order, CANCELLED, reference),
        "refund": order.amount_to_refund,
        "status_url": absolute_url(
            "customer:anon-order",
            order_number=order.number,
            hash=order.verification_hash(),
        ),
    }


def _event_lines(order: Order, code: str, reference: int) -> list[tuple[str, int]]:
    """Return title and quantity of each line of a shipping event: the last one without ``reference``."""
    events = order.shipping_events.filter(event_type__code=code).order_by("pk")
    event = (events.filter(pk=reference) if reference else events).last()
    if event is None:
        return []
    lines = event.line_quantities.order_by("line")
    return list(lines.values_list("line__title", "quantity"))
