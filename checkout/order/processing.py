"""What happens to an order after it was placed: paid, shipped, cancelled, refunded."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidPaymentEvent, InvalidShippingEvent
from oscar.apps.order.processing import EventHandler as OscarEventHandler
from oscar.apps.partner.exceptions import InvalidStockAdjustment

from checkout.order import locking, statuses
from checkout.order.mails import order_mail_enqueue
from checkout.order.models import (
    CANCELLED,
    SHIPPED,
    PaymentEventType,
    ShippingEventType,
)
from foundation.core.templatetags.money import money

PAID, REFUNDED = "paid", "refunded"


class EventHandler(OscarEventHandler):
    """Each event is one transaction that locks the order first, then its stock records."""

    @transaction.atomic
    def handle_shipping_event(
        self,
        order,
        event_type,
        lines,
        line_quantities,
        expected_events: int | None = None,
        **kwargs,
    ):
        """Record that pieces were shipped or cancelled, with all that follows from it.

        Shipped pieces leave the stock. Cancelled ones can be bought again and are no
        longer owed. When nothing is left the order is completed if anything was shipped,
        otherwise cancelled. ``expected_events`` is ``order.num_events`` when the form was
        drawn. Raises ``InvalidShippingEvent``, and nothing is changed.
        """
        order = self._lock(order)
        lines = self._fresh(order, lines)
        if expected_events is not None:
            self.check_unchanged(order, expected_events)
        self._check_status(order, event_type)
        self.validate_shipping_event(
            order, event_type, lines, line_quantities, **kwargs
        )
        event = self.create_shipping_event(
            order, event_type, lines, line_quantities, **kwargs
        )
        if event_type.code == SHIPPED:
            self._leave_stock(order, lines, line_quantities)
            order_mail_enqueue(order=order, kind="shipped", reference=event.pk)
            if order.is_shipped:
                order.set_status(statuses.COMPLETED)
        elif event_type.code == CANCELLED:
            self._cancel(order, lines, line_quantities)
            if not order.quantities_to_cancel():
                order.set_status(
                    statuses.COMPLETED if order.has_shipments else statuses.CANCELLED
                )
            if order.status == statuses.CANCELLED:
                order_mail_enqueue(order=order, kind="cancelled")
            else:
                order_mail_enqueue(
                    order=order, kind="lines_cancelled", reference=event.pk
                )
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
        if not amount.is_finite() or amount <= 0:
            raise InvalidPaymentEvent(_("Please enter an amount above zero."))
        source = order.sources.first()
        if source is not None and event_type.code in (PAID, REFUNDED):
            owed = order.current_total_incl_tax - order.amount_paid
            if amount > (owed if event_type.code == PAID else order.amount_paid):
                raise InvalidPaymentEvent(_("That is more than is open."))
            book = source.debit if event_type.code == PAID else source.refund
            book(amount, reference=kwargs.get("reference", ""))
        return super().handle_payment_event(
            order, event_type, amount, lines, line_quantities, **kwargs
        )

    @transaction.atomic
    def handle_refund(self, order, amount: Decimal):
        """Record that the customer got back what was paid and is no longer owed.

        Raises ``InvalidPaymentEvent`` if that is another amount, such as 0.00 because it
        is recorded already.
        """
        order = self._lock(order)
        if amount != order.amount_to_refund:
            raise InvalidPaymentEvent(
                _("The amount to refund is %(amount)s now. Nothing was recorded.")
                % {"amount": money(order.amount_to_refund, order.currency)}
            )
        event_type = PaymentEventType.objects.get(code=REFUNDED)
        return self.handle_payment_event(order, event_type, amount)

    @transaction.atomic
    def handle_order_status_change(self, order, new_status, note_msg=None):
        """Move the order along its pipeline; one that ends is cancelled in all its lines.

        Raises ``InvalidOrderStatus``.
        """
        locked = self._lock(order)
        left = locked.quantities_to_cancel()
        is_ended = locked.status in statuses.OPEN and new_status in statuses.ENDED
        super().handle_order_status_change(locked, new_status, note_msg)
        if is_ended and left:
            lines = self._fresh(locked, locked.lines.filter(pk__in=left))
            quantities = [left[line.pk] for line in lines]
            event_type = ShippingEventType.objects.get(code=CANCELLED)
            self.create_shipping_event(locked, event_type, lines, quantities)
            self._cancel(locked, lines, quantities)
        if is_ended and new_status == statuses.CANCELLED:
            order_mail_enqueue(order=locked, kind="cancelled")
        order.status = locked.status

    @staticmethod
    def check_unchanged(order, expected_events: int | None) -> None:
        """Raise ``InvalidShippingEvent`` if something was shipped or cancelled in the meantime."""
        if order.num_events != expected_events:
            raise InvalidShippingEvent(
                _(
                    "This order has changed since you opened the page. Nothing was done "
                    "just now. Please check what is left."
                )
            )

    @staticmethod
    def _check_status(order, event_type) -> None:
        if event_type.code == SHIPPED and order.status != statuses.CONFIRMED:
            raise InvalidShippingEvent(
                _("An order that is “%(status)s” can't be shipped.")
                % {"status": order.status_label}
            )
        if event_type.code == CANCELLED and order.status not in statuses.OPEN:
            raise InvalidShippingEvent(
                _("An order that is “%(status)s” can't be cancelled.")
                % {"status": order.status_label}
            )

    def _leave_stock(self, order, lines, line_quantities) -> None:
        try:
            self.consume_stock_allocations(order, lines, line_quantities)
        except InvalidStockAdjustment as error:  # somebody typed another stock
            raise InvalidShippingEvent(
                _("Less is in stock than was to be shipped. Please correct the stock.")
            ) from error

    def _cancel(self, order, lines, line_quantities) -> None:
        """Give the pieces back to the stock and take them off what is owed."""
        self.cancel_stock_allocations(order, lines, line_quantities)
        for line, quantity in zip(lines, line_quantities, strict=True):
            line.num_cancelled += quantity
            is_whole = line.num_cancelled == line.quantity
            if is_whole and statuses.CANCELLED in line.available_statuses():
                line.status = statuses.CANCELLED
            line.save(update_fields=["num_cancelled", "status"])
        amounts = order.cancelled_amounts()
        order.cancelled_incl_tax = amounts.incl_tax
        order.cancelled_excl_tax = amounts.excl_tax
        order.save(update_fields=["cancelled_incl_tax", "cancelled_excl_tax"])

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
