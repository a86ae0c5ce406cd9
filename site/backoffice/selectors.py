"""What happened in the shop, in numbers for the first page of the back office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum
from oscar.core.loading import get_model

from checkout.order import statuses
from checkout.order.selectors import REVENUE, counted_orders
from foundation.core import clock


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
    """Four queries."""
    order = get_model("order", "Order")
    alert = get_model("partner", "StockAlert")
    review = get_model("reviews", "ProductReview")
    since = clock.now() - timedelta(hours=24)
    orders = (
        counted_orders()
        .filter(date_placed__gte=since)
        .aggregate(count=Count("pk"), revenue=Sum(REVENUE, default=Decimal("0.00")))
    )
    return ShopSummary(
        orders=orders["count"],
        revenue=orders["revenue"],
        currency=settings.OSCAR_DEFAULT_CURRENCY,
        to_ship=order.objects.filter(status=statuses.CONFIRMED).count(),
        stock_alerts=alert.objects.filter(status=alert.OPEN).count(),
        reviews_waiting=review.objects.filter(status=review.FOR_MODERATION).count(),
    )
