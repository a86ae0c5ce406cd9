"""Which baskets nobody will come back for, and their end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from checkout.basket.models import Basket, Line
from checkout.order.models import Order
from foundation.core import clock

GUEST_AGE = timedelta(days=30)
"""Without activity; the cookie that leads to a guest's basket is gone after seven days."""

OWNED_AGE = timedelta(days=365)
"""Without activity, of a person with an account."""

EMPTY_AGE = timedelta(seconds=settings.OSCAR_BASKET_COOKIE_LIFETIME)
"""Of a guest's basket that holds nothing, and of one that was merged into another."""

BATCH = 200


def baskets_clean() -> int:
    """Delete baskets that were left long ago; how many.

    Never one that is frozen (an order is being placed), submitted or named by an
    order, nor what was saved for later. Each batch is a transaction, which locks its
    baskets and looks again behind the lock; a basket in use elsewhere is passed over.
    """
    now, total = clock.now(), 0
    while ids := list(_left(now).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        deleted = _batch_delete(ids, now)
        if not deleted:
            break
        total += deleted
    return total


@transaction.atomic
def _batch_delete(ids: list[int], now: datetime) -> int:
    locked = Basket.objects.select_for_update(skip_locked=True).filter(pk__in=ids)
    # A new statement: it sees the line that was added just before the lock.
    left = _left(now).filter(pk__in=[basket.pk for basket in locked])
    _total, by_model = left.delete()
    return by_model.get(Basket._meta.label, 0)


def _left(now: datetime) -> QuerySet[Basket]:
    lines = Line.objects.filter(basket=OuterRef("pk"))
    guests = _quiet(lines, now - GUEST_AGE) & Q(owner=None)
    owned = _quiet(lines, now - OWNED_AGE) & Q(owner__isnull=False)
    empty = Q(~Exists(lines), owner=None, date_created__lt=now - EMPTY_AGE)
    merged = Q(status=Basket.MERGED, date_merged__lt=now - EMPTY_AGE)
    return Basket.objects.filter(
        Q(status=Basket.OPEN) & (guests | owned | empty) | merged
    ).exclude(Exists(Order.objects.filter(basket=OuterRef("pk"))))


def _quiet(lines: QuerySet[Line], since: datetime) -> Q:
    return Q(~Exists(lines.filter(date_updated__gte=since)), date_created__lt=since)
