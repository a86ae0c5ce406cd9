"""Oscar's orders with the shop's status machine and what derives from payment and shipping."""

from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.order.signals import order_status_changed

from catalogue.models import Option
from catalogue.options import ChoiceView, choice_text
from catalogue.partner.tax import TaxedAmount, round_money, taxed_amount
from checkout.order import statuses
from checkout.shipping.methods import NoShippingRequired
from foundation.accounts.addresses import email_is_normal

SHIPPED = "shipped"
"""Code of the shipping event type that means: on its way."""

CANCELLED = "cancelled"
"""Code of the shipping event type that means: will not be sent."""


class Order(AbstractOrder):
    """An order as it was placed, and beside it what has been cancelled since.

    Totals, lines and discounts are never rewritten (docs/algorithms/cancellation.md).
    """

    language = models.CharField(
        _("language"), max_length=10, blank=True, default="", db_default=""
    )
    cancelled_incl_tax = models.DecimalField(
        _("cancelled (incl. tax)"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
    )
    cancelled_excl_tax = models.DecimalField(
        _("cancelled (excl. tax)"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
    )

    class Meta(AbstractOrder.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=email_is_normal("guest_email", blank=True),
                name="order_guest_email_normal",
            )
        ]
        indexes = [
            models.Index(
                fields=["guest_email"],
                condition=~models.Q(guest_email=""),
                name="order_of_guest",
            )
        ]

    @property
    def is_anonymous(self):
        """Whether no account stands behind it: a guest's order, or one whose account is deleted.

        Oscar (4.2) says no for the latter, and its order report asks the user's name.
        """
        return self.user_id is None

    @property
    def with_delivery(self) -> bool:
        """Whether anything in it had to be delivered when it was placed."""
        return self.shipping_code != NoShippingRequired.code

    @property
    def status_label(self):
        return statuses.LABELS.get(self.status, self.status)

    def available_statuses(self):
        """Return the statuses that can follow. Queries only if there are any.

        An order is completed when it has been shipped, and cancelled only before.
        """
        possible = super().available_statuses()
        if statuses.COMPLETED in possible and not self.is_shipped:
            possible = tuple(each for each in possible if each != statuses.COMPLETED)
        if statuses.CANCELLED in possible and self.has_shipments:
            possible = tuple(each for each in possible if each not in statuses.ENDED)
        return possible

    @transaction.atomic(savepoint=False)
    def set_status(self, new_status):
        """Move the order along its pipeline, and its lines as ``OSCAR_ORDER_STATUS_CASCADE`` says.

        The same number of statements for any number of lines.

        Raises:
            InvalidOrderStatus: the pipeline does not lead there.
        """
        old_status = self.status
        if new_status == old_status:
            return
        if new_status not in self.available_statuses():
            raise InvalidOrderStatus(
                f"{self.number}: no way from {old_status} to {new_status}"
            )
        self.status = new_status
        self.save(update_fields=["status"])
        if line_status := self.cascade.get(new_status):
            self.lines.filter(
                status__in=[
                    status
                    for status, following in Line.pipeline.items()
                    if line_status in following
                ]
            ).update(status=line_status)
        self._create_order_status_change(old_status, new_status)
        order_status_changed.send(
            sender=self, order=self, old_status=old_status, new_status=new_status
        )

    set_status.alters_data = True  # type: ignore[attr-defined]

    # --- Money ------------------------------------------------------------------------

    @property
    def current_total_incl_tax(self) -> Decimal:
        """What the customer owes for the order: its total less what was cancelled."""
        return self.total_incl_tax - self.cancelled_incl_tax

    @property
    def current_total_excl_tax(self) -> Decimal:
        return self.total_excl_tax - self.cancelled_excl_tax

    @property
    def amount_refunded(self) -> Decimal:
        """What went back to the customer. One query unless sources are prefetched."""
        return sum(
            (source.amount_refunded for source in self.sources.all()), Decimal("0.00")
        )

    @property
    def amount_paid(self) -> Decimal:
        """What payment sources received less what went back. One query unless prefetched."""
        return sum(
            (
                source.amount_debited - source.amount_refunded
                for source in self.sources.all()
            ),
            Decimal("0.00"),
        )

    @property
    def amount_to_refund(self) -> Decimal:
        """What was paid and is not owed any more. One query unless sources are prefetched."""
        return max(self.amount_paid - self.current_total_incl_tax, Decimal("0.00"))

    @property
    def is_paid(self) -> bool:
        return self.amount_paid >= self.current_total_incl_tax

    def cancelled_amounts(self) -> TaxedAmount:
        """Add up what the cancelled pieces cost; of an order without others, everything.

        One query unless lines are prefetched.
        """
        lines = list(self.lines.all())
        if all(line.num_cancelled == line.quantity for line in lines):
            incl_tax, excl_tax = self.total_incl_tax, self.total_excl_tax
        else:
            incl_tax = sum((line.cancelled_incl_tax for line in lines), Decimal(0))
            excl_tax = sum((line.cancelled_excl_tax for line in lines), Decimal(0))
        return taxed_amount(incl_tax=incl_tax, excl_tax=excl_tax)

    # --- Shipments and cancellations --------------------------------------------------

    @property
    def num_events(self) -> int:
        """The number of shipments and cancellations. A form that sends it is recognised as outdated."""
        return self.shipping_events.count()

    @property
    def has_shipments(self) -> bool:
        return self.shipping_events.filter(event_type__code=SHIPPED).exists()

    @property
    def is_shipped(self) -> bool:
        """Whether everything was shipped that was not cancelled."""
        return self.has_shipments and not any(self.quantities_to_ship().values())

    @property
    def shipping_status(self):
        """How far the shipment is. Oscar (4.2) takes cancelled pieces for shipped ones."""
        if not self.has_shipments:
            return ""
        return _("Shipped") if self.is_shipped else _("In progress")

    def quantities_to_ship(self) -> dict[int, int]:
        """Line's primary key → how many are neither shipped nor cancelled. Two queries."""
        shipped = dict(
            self.lines.filter(
                shipping_event_quantities__event__event_type__code=SHIPPED
            )
            .values_list("pk")
            .annotate(Sum("shipping_event_quantities__quantity"))
        )
        return {
            line.pk: line.quantity - line.num_cancelled - shipped.get(line.pk, 0)
            for line in self.lines.all()
        }

    def quantities_to_cancel(self) -> dict[int, int]:
        """Line's primary key → how many can be cancelled, if there are any. At most two queries."""
        if self.status not in statuses.OPEN:
            return {}
        return {pk: count for pk, count in self.quantities_to_ship().items() if count}


class Line(AbstractLine):
    num_cancelled = models.PositiveIntegerField(
        _("number cancelled"), default=0, db_default=0
    )

    class Meta(AbstractLine.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(num_cancelled__lte=models.F("quantity")),
                name="order_line_cancelled_at_most_all",
            )
        ]

    @property
    def choices(self) -> list[tuple[Option | None, Any]]:
        """What the shopper chose, with the options unless they are deleted by now.

        Two queries unless ``attributes__option`` is prefetched; so in ``choice_views``.
        """
        return [(each.option, each.value) for each in self.attributes.all()]

    @property
    def choice_views(self) -> tuple[ChoiceView, ...]:
        """The same in words, under the options' names of that time."""
        return tuple(
            ChoiceView(
                each.type,
                choice_text(each.value, each.option.type if each.option else ""),
            )
            for each in self.attributes.all()
        )

    @property
    def can_track_allocations(self):
        """Oscar (4.2) fails where the stock record is gone; then there is nothing to track."""
        return self.stockrecord is not None and self.stockrecord.can_track_allocations

    @property
    def cancelled_incl_tax(self) -> Decimal:
        """What the cancelled pieces cost after discounts."""
        return self._cancelled_part(self.line_price_incl_tax)

    @property
    def cancelled_excl_tax(self) -> Decimal:
        return self._cancelled_part(self.line_price_excl_tax)

    def _cancelled_part(self, price: Decimal) -> Decimal:
        return round_money(price * self.num_cancelled / self.quantity)

    def is_shipping_event_permitted(self, event_type, quantity):
        """A piece is shipped or cancelled, once. Other events are Oscar's."""
        if event_type.code not in (SHIPPED, CANCELLED):
            return super().is_shipping_event_permitted(event_type, quantity)
        shipped = self.shipping_event_quantities.filter(
            event__event_type__code=SHIPPED
        ).aggregate(sum=Sum("quantity", default=0))["sum"]
        return quantity <= self.quantity - self.num_cancelled - shipped


from oscar.apps.order.models import *
