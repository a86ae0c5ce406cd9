"""What prices were: the strike price of EU 98/6 Art. 6a (docs/algorithms/prices.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import DateTimeField, Q, Value

from catalogue.partner.models import PriceChange, PriceWindow, StockRecord
from foundation.core.context import ShopContext

REFERENCE_PERIOD = timedelta(days=30)
"""How long before a reduction the lowest price is looked for (Art. 6a(2))."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A price that held from ``starts`` until before ``ends``."""

    amount: Decimal
    starts: datetime
    ends: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.starts <= at and (self.ends is None or at < self.ends)


def strike_prices(
    stockrecords: Iterable[StockRecord], *, context: ShopContext
) -> dict[int, Decimal]:
    """The price to strike through of each record whose price is reduced now, by primary key.

    A reduction is a price window that holds at ``context.at``; its strike price
    is the lowest price of the 30 days before the window began. A record is left
    out where that is not more than the current price. ``stockrecords`` come from
    ``StockRecord.objects.priced(context)``. One query, none if nothing is reduced.
    """
    reduced = {
        record.pk: record.window_price
        for record in stockrecords
        if record.window_price is not None
    }
    if not reduced:
        return {}
    windows, bases = _history(reduced, context.at)
    strikes = {}
    for pk, current in reduced.items():
        lowest = _lowest_before_reduction(windows[pk], bases[pk], context.at)
        if lowest is not None and lowest > current:
            strikes[pk] = lowest
    return strikes


def _history(pks: Iterable[int], at: datetime):
    """Windows and base prices of the records until ``at``, by record; base prices in order."""
    columns = ("stockrecord_id", "amount", "starts", "ends", "is_window")
    windows_query = (
        PriceWindow.objects.filter(stockrecord__in=pks, starts__lte=at)
        .annotate(is_window=Value(True))
        .order_by()
        .values_list(*columns)
    )
    base_query = (
        PriceChange.objects.filter(
            Q(is_window=False), stockrecord__in=pks, starts__lte=at
        )
        .order_by()
        .values_list(
            "stockrecord_id",
            "amount",
            "starts",
            Value(None, output_field=DateTimeField()),
            "is_window",
        )
    )
    windows: dict[int, list[_Span]] = defaultdict(list)
    bases: dict[int, list[_Span]] = defaultdict(list)
    for pk, amount, starts, ends, is_window in base_query.union(
        windows_query, all=True
    ):
        (windows if is_window else bases)[pk].append(_Span(amount, starts, ends))
    for spans in bases.values():
        spans.sort(key=lambda span: span.starts)
    return windows, bases


def _lowest_before_reduction(
    windows: list[_Span], bases: list[_Span], at: datetime
) -> Decimal | None:
    """The lowest price of the 30 days before the window that holds at ``at`` began.

    The price changes only where a span starts or ends, so it is read there.
    ``None`` if nothing is known of that time.
    """
    began = max(span.starts for span in windows if span.holds(at))
    since = began - REFERENCE_PERIOD
    moments = {since}
    for span in [*windows, *bases]:
        moments.add(span.starts)
        if span.ends is not None:
            moments.add(span.ends)
    prices = [
        _price_at(windows, bases, moment)
        for moment in moments
        if since <= moment < began
    ]
    known = [price for price in prices if price is not None]
    return min(known, default=None)


def _price_at(windows: list[_Span], bases: list[_Span], at: datetime) -> Decimal | None:
    holding = [span for span in windows if span.holds(at)]
    if holding:
        return max(holding, key=lambda span: span.starts).amount
    before = [span for span in bases if span.starts <= at]
    return before[-1].amount if before else None
