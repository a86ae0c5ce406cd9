"""Which orders count in figures, and what they add up to (``docs/reference/figures.md``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, F, QuerySet, Sum
from django.db.models.functions import Round
from django.utils import timezone
from oscar.core.utils import datetime_combine

from catalogue.partner.tax import round_money
from checkout.order import statuses
from checkout.order.models import Line, Order

COUNTED = (statuses.CONFIRMED, statuses.COMPLETED)
"""Statuses of orders that neither wait for payment nor were given up."""

REVENUE = F("total_incl_tax") - F("cancelled_incl_tax")
"""Of an order: what is left to be paid for it, ``Order.current_total_incl_tax`` in SQL."""

ITEMS_LEFT = F("quantity") - F("num_cancelled")
REVENUE_OF_LINE = F("line_price_incl_tax") - Round(
    F("line_price_incl_tax") * F("num_cancelled") / F("quantity"),
    precision=2,
    output_field=DecimalField(),
)
"""Of a line: what is left of it, ``Line.cancelled_incl_tax`` in SQL."""


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """``items`` is the number of pieces; ``revenue`` in ``currency``, tax and delivery included."""

    orders: int
    lines: int
    items: int
    revenue: Decimal
    currency: str

    @property
    def average(self) -> Decimal:
        """Revenue of one order, on the cent."""
        return round_money(self.revenue / self.orders) if self.orders else self.revenue


def counted_orders() -> QuerySet[Order]:
    """Orders that count: confirmed or completed, in the shop's currency."""
    return Order.objects.filter(
        status__in=COUNTED, currency=settings.OSCAR_DEFAULT_CURRENCY
    )


def lines_left(orders: QuerySet[Order]) -> QuerySet[Line]:
    """Lines of ``orders`` that are not cancelled as a whole."""
    return Line.objects.filter(
        order__in=orders.order_by().values("pk"), num_cancelled__lt=F("quantity")
    )


def sales_figures(orders: QuerySet[Order]) -> SalesFigures:
    """Add up ``orders``, a selection of :func:`counted_orders`. Two queries."""
    placed = orders.aggregate(
        count=Count("pk"), revenue=Sum(REVENUE, default=Decimal("0.00"))
    )
    sold = lines_left(orders).aggregate(
        count=Count("pk"), items=Sum(ITEMS_LEFT, default=0)
    )
    return SalesFigures(
        orders=placed["count"],
        lines=sold["count"],
        items=sold["items"],
        revenue=placed["revenue"],
        currency=settings.OSCAR_DEFAULT_CURRENCY,
    )


def placed_within(first: date | None, last: date | None) -> dict[str, datetime]:
    """Return lookups for orders that were placed from ``first`` to ``last``, both included.

    Days are those of the shop's time zone, whoever asks.
    """
    lookups = {}
    with timezone.override(None):
        if first:
            lookups["date_placed__gte"] = datetime_combine(first, time.min)
        if last:
            lookups["date_placed__lte"] = datetime_combine(last, time.max)
    return lookups
