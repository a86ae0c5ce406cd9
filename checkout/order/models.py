"""Oscar's orders with the shop's status machine and what derives from payment and shipping."""

from decimal import Decimal

from django.db import models, transaction
from django.db.models import Sum
from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.order.signals import order_status_changed

from checkout.order import statuses
from foundation.accounts.addresses import email_is_normal

SHIPPED = "shipped"
"""Code of the shipping event type that means: on its way."""


class Order(AbstractOrder):
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
    def status_label(self):
        return statuses.LABELS.get(self.status, self.status)

    def available_statuses(self):
        """Where the pipeline leads from here; completed only when everything has been shipped."""
        following = super().available_statuses()
        if statuses.COMPLETED in following and not self.is_shipped:
            return tuple(each for each in following if each != statuses.COMPLETED)
        return following

    @transaction.atomic(savepoint=False)
    def set_status(self, new_status):
        """Move the order and its lines along the pipeline: three statements for any number of lines.

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
        self.lines.filter(
            status__in=[
                status
                for status, following in Line.pipeline.items()
                if new_status in following
            ]
        ).update(status=new_status)
        self._create_order_status_change(old_status, new_status)
        order_status_changed.send(
            sender=self, order=self, old_status=old_status, new_status=new_status
        )

    set_status.alters_data = True  # type: ignore[attr-defined]

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
    def is_paid(self) -> bool:
        return self.amount_paid >= self.total_incl_tax

    def quantities_to_ship(self) -> dict[int, int]:
        """Line's primary key → how many are still to be shipped. Two queries."""
        shipped = dict(
            self.lines.filter(
                shipping_event_quantities__event__event_type__code=SHIPPED
            )
            .values_list("pk")
            .annotate(Sum("shipping_event_quantities__quantity"))
        )
        return {
            line.pk: line.quantity - shipped.get(line.pk, 0)
            for line in self.lines.all()
        }

    @property
    def is_shipped(self) -> bool:
        return not any(self.quantities_to_ship().values())


class Line(AbstractLine):
    @property
    def can_track_allocations(self):
        """Oscar (4.2) fails where the stock record is gone; then there is nothing to track."""
        return self.stockrecord is not None and self.stockrecord.can_track_allocations


from oscar.apps.order.models import *
