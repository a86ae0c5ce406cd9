"""The only writers of prices (a database trigger refuses every other, migration 1003), and stock alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalogue.partner.models import (
    PriceChange,
    PriceWindow,
    StockAlert,
    StockRecord,
)
from foundation.audit.services import audit_record
from foundation.core import clock
from foundation.core.errors import DomainError

if TYPE_CHECKING:
    from foundation.accounts.models import User

LARGEST_AMOUNT = Decimal("9999999999.99")


class PriceError(DomainError):
    """The amount or its window is not one that can be charged."""


def price_change(
    *,
    stockrecord: StockRecord,
    amount: Decimal,
    actor: User | None = None,
    window: tuple[datetime, datetime | None] | None = None,
    reason: str = "",
) -> PriceChange:
    """Change the base price of ``stockrecord``, or with ``window`` plan a price from–until.

    ``amount`` is in the stock record's currency, gross or net as the shop's tax
    mode says. Writes price, append-only history and audit entry in one
    transaction; locks the stock record's row.

    Raises:
        PriceError: ``amount`` is not positive, has more than two places or is too
            large, or ``window`` does not start before it ends or is not on full minutes.
    """
    _check(amount, window)
    with transaction.atomic(), price_writer():
        locked = StockRecord.objects.select_for_update().get(pk=stockrecord.pk)
        before = locked.price
        if window is None:
            locked.price = amount
            locked.save(update_fields=["price", "date_updated"])
        else:
            PriceWindow.objects.create(
                stockrecord=locked, amount=amount, starts=window[0], ends=window[1]
            )
        now = clock.now()
        change = PriceChange.objects.create(
            stockrecord=locked,
            partner_sku=locked.partner_sku,
            currency=locked.price_currency,
            amount=amount,
            previous=before,
            starts=window[0] if window else now,
            ends=window[1] if window else None,
            is_window=window is not None,
            actor=actor,
            reason=reason,
            created_at=now,
        )
        audit_record(
            instance=locked.product,
            action="storefront.price",
            actor=actor,
            before={"price": before},
            after={
                "price": amount,
                "starts": change.starts,
                "ends": change.ends,
                "sku": locked.partner_sku,
            },
        )
    if window is None:
        stockrecord.price = amount
    return change


def price_window_cancel(*, window: PriceWindow, actor: User | None = None) -> None:
    """Take back a planned price, or end now one that already holds.

    What was charged stays in the history: a window that has begun is not deleted
    but ends with the current minute. Writes an audit entry; locks the window.
    """
    with transaction.atomic(), price_writer():
        locked = (
            PriceWindow.objects.select_for_update(of=("self",))
            .select_related("stockrecord__product")
            .get(pk=window.pk)
        )
        now = clock.to_minute(clock.now())
        if locked.starts >= now:
            locked.delete()
        elif locked.ends is None or locked.ends > now:
            locked.ends = now
            locked.save(update_fields=["ends"])
        audit_record(
            instance=locked.stockrecord.product,
            action="storefront.price",
            actor=actor,
            before={
                "price": window.amount,
                "starts": window.starts,
                "ends": window.ends,
            },
            after={"ends": now, "sku": locked.stockrecord.partner_sku},
        )


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price of the past: the base price from ``starts`` on, or a window.

    ``starts`` and ``ends`` aware, ``amount`` in the stock record's currency.
    """

    stockrecord: StockRecord
    amount: Decimal
    starts: datetime
    ends: datetime | None = None
    is_window: bool = False


def prices_backfill(*, points: Iterable[PricePoint], reason: str = "backfill") -> int:
    """Write the dated price history of many stock records at once; the number of points.

    For imports and demo data: no audit entry for each. The latest base price
    becomes the price of its record. Four statements for each 2,000 points, in one
    transaction, which locks the records.

    Raises:
        PriceError: as :func:`price_change`, or a base price starts in the future.
    """
    ordered = sorted(points, key=lambda point: (point.stockrecord.pk, point.starts))
    now = clock.now()
    base: dict[int, Decimal] = {}
    changes, windows = [], []
    for point in ordered:
        record = point.stockrecord
        _check(point.amount, (point.starts, point.ends) if point.is_window else None)
        if not point.is_window and point.starts > now:
            raise PriceError(_("A base price can't start in the future."))
        changes.append(
            PriceChange(
                stockrecord=record,
                partner_sku=record.partner_sku,
                currency=record.price_currency,
                amount=point.amount,
                previous=base.get(record.pk, record.price),
                starts=point.starts,
                ends=point.ends,
                is_window=point.is_window,
                reason=reason,
                created_at=now if point.is_window else point.starts,
            )
        )
        if point.is_window:
            windows.append(
                PriceWindow(
                    stockrecord=record,
                    amount=point.amount,
                    starts=point.starts,
                    ends=point.ends,
                )
            )
        else:
            base[record.pk] = point.amount
    with transaction.atomic(), price_writer():
        PriceChange.objects.bulk_create(changes, batch_size=2000)
        PriceWindow.objects.bulk_create(windows, batch_size=2000)
        _set_base_prices(base)
    for point in ordered:
        point.stockrecord.price = base.get(
            point.stockrecord.pk, point.stockrecord.price
        )
    return len(ordered)


def _set_base_prices(prices: dict[int, Decimal]) -> None:
    """One UPDATE for all; ``bulk_update`` would write a CASE with a branch for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partner_stockrecord SET price = new.price, date_updated = now()"
            " FROM unnest(%s::int[], %s::numeric[]) AS new (id, price)"
            " WHERE partner_stockrecord.id = new.id",
            [list(prices), list(prices.values())],
        )


@contextmanager
def price_writer() -> Iterator[None]:
    """Open the database's guard for the statements inside; needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL storefront.price_writer = 'price_change'")
        yield
        cursor.execute("SET LOCAL storefront.price_writer = ''")


def _check(amount: Decimal, window: tuple[datetime, datetime | None] | None) -> None:
    if not isinstance(amount, Decimal):
        raise TypeError("Money is a Decimal.")
    if not amount.is_finite() or not Decimal(0) < amount <= LARGEST_AMOUNT:
        raise PriceError(_("A price is more than zero."))
    if amount != amount.quantize(Decimal("0.01")):
        raise PriceError(_("A price has at most two decimal places."))
    if window is None:
        return
    starts, ends = window
    if ends is not None and ends <= starts:
        raise PriceError(_("A price window ends after it starts."))
    if any(moment and clock.to_minute(moment) != moment for moment in window):
        raise PriceError(_("Prices change on the full minute."))


# --- Stock --------------------------------------------------------------------------


def stock_alerts_open(*, stockrecords: Iterable[int]) -> int:
    """Open an alert for each of these stock records (primary keys) that is below its threshold.

    For code that takes stock by an UPDATE: ``StockRecord.save()`` has Oscar's receiver
    do the same. Returns the number of new alerts. Two statements, the second only if
    there are any; the caller holds the rows' locks, or two calls at once open two.
    """
    stock_level = Coalesce(F("num_in_stock"), 0) - Coalesce(F("num_allocated"), 0)
    is_open = StockAlert.objects.filter(
        stockrecord=OuterRef("pk"), status=StockAlert.OPEN
    )
    below = StockRecord.objects.filter(
        ~Exists(is_open), pk__in=stockrecords, low_stock_threshold__gt=stock_level
    )
    alerts = [
        StockAlert(stockrecord_id=pk, threshold=threshold)
        for pk, threshold in below.values_list("pk", "low_stock_threshold")
        if threshold is not None
    ]
    StockAlert.objects.bulk_create(alerts)
    return len(alerts)
