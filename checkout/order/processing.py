"""What happens to an order after it was placed: paid, shipped, cancelled."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidPaymentEvent, InvalidShippingEvent
from oscar.apps.order.processing import EventHandler as OscarEventHandler

from checkout.order import locking, statuses
from checkout.order.mails import order_mail_enqueue
from checkout.order.models import SHIPPED

PAID, REFUNDED = "paid", "refunded"
OPEN = (statuses.PENDING_PAYMENT, statuses.CONFIRMED)


class EventHandler(OscarEventHandler):
    """Each event is one transaction that locks the order first, then its stock records."""

    @transaction.atomic
    def handle_shipping_event(
        self, order, event_type, lines, line_quantities, **kwargs
    ):
        """Record the event; goods that leave the house leave the stock as well.

        When everything has been shipped the order is completed. Raises
        ``InvalidShippingEvent``, and nothing is changed.
        """
        order = self._lock(order)
        lines = self._fresh(order, lines)
        is_shipment = event_type.code == SHIPPED
        if is_shipment and order.status != statuses.CONFIRMED:
            raise InvalidShippingEvent(
                _("An order that is “%(status)s” can't be shipped.")
                % {"status": order.status_label}
            )
        self.validate_shipping_event(
            order, event_type, lines, line_quantities, **kwargs
        )
        event = self.create_shipping_event(
            order, event_type, lines, line_quantities, **kwargs
        )
        if is_shipment:
            self.consume_stock_allocations(order, lines, line_quantities)
            order_mail_enqueue(order=order, kind="shipped", reference=event.pk)
            if order.is_shipped:
                order.set_status(statuses.COMPLETED)
        return event

    @transaction.atomic
    def handle_payment_event(
        self, order, event_type, amount, lines=None, line_quantities=None, **kwargs
    ):
        """Record the event; “paid” and “refunded” are booked on the payment source.

        Raises ``InvalidPaymentEvent`` where more would be paid than owed or more
        refunded than paid.
        """
        order = self._lock(order)
        event = super().handle_payment_event(
            order, event_type, amount, lines, line_quantities, **kwargs
        )
        source = order.sources.first()
        if source is None or event_type.code not in (PAID, REFUNDED):
            return event
        owed = order.total_incl_tax - order.amount_paid
        if amount > (owed if event_type.code == PAID else order.amount_paid):
            raise InvalidPaymentEvent(_("That is more than is open."))
        book = source.debit if event_type.code == PAID else source.refund
        book(amount, reference=kwargs.get("reference", ""))
        return event

    @transaction.atomic
    def handle_order_status_change(self, order, new_status, note_msg=None):
        """Move the order along its pipeline; what is not sent any more goes back into the stock.

        Raises ``InvalidOrderStatus``.
        """
        locked = self._lock(order)
        is_ended = locked.status in OPEN and new_status in (
            statuses.CANCELLED,
            statuses.EXPIRED,
        )
        super().handle_order_status_change(locked, new_status, note_msg)
        if is_ended:
            self.cancel_stock_allocations(locked)
        if is_ended and new_status == statuses.CANCELLED:
            order_mail_enqueue(order=locked, kind="cancelled")
        order.status = locked.status

    def cancel_stock_allocations(self, order, lines=None, line_quantities=None):
        """Give back what is still allocated: of all lines unless told which."""
        if lines is None:
            lines = list(order.lines.select_related("stockrecord__product"))
            line_quantities = [line.num_allocated for line in lines]
        super().cancel_stock_allocations(order, lines, line_quantities)

    def _lock(self, order):
        locked = locking.order_lock(order.pk)
        locking.stockrecords_lock(locked)
        return locked

    @staticmethod
    def _fresh(order, lines):
        """``lines`` as they are after the lock, in their order."""
        fresh = {
            line.pk: line for line in order.lines.select_related("stockrecord__product")
        }
        return [fresh[line.pk] for line in lines]
