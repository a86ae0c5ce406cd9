"""What happened in the shop, in numbers for the first page of the back office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Q, Sum
from oscar.core.loading import get_model

from checkout.order import statuses
from foundation.core import clock

COUNTED = (statuses.CONFIRMED, statuses.COMPLETED)
"""Orders that are neither waiting for money nor given up."""


@dataclass(frozen=True, slots=True)
class ShopSummary:
    """The last 24 hours, and what waits. ``revenue`` in ``currency`` as charged, tax included."""

    orders: int
    revenue: Decimal
    currency: str
    to_ship: int
    stock_alerts: int
    reviews_waiting: int


def shop_summary() -> ShopSummary:
    """Three queries."""
    order = get_model("order", "Order")
    alert = get_model("partner", "StockAlert")
    review = get_model("reviews", "ProductReview")
    since = clock.now() - timedelta(hours=24)
    day = Q(date_placed__gte=since, status__in=COUNTED)
    orders = order.objects.aggregate(
        count=Count("pk", filter=day),
        revenue=Sum("total_incl_tax", filter=day, default=Decimal(0)),
        to_ship=Count("pk", filter=Q(status=statuses.CONFIRMED)),
    )
    return ShopSummary(
        orders=orders["count"],
        revenue=orders["revenue"],
        currency=settings.OSCAR_DEFAULT_CURRENCY,
        to_ship=orders["to_ship"],
        stock_alerts=alert.objects.filter(status=alert.OPEN).count(),
        reviews_waiting=review.objects.filter(status=review.FOR_MODERATION).count(),
    )
