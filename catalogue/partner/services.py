"""The only writer of prices. A database trigger refuses every other (migration 1003)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalogue.partner.models import PriceChange, PriceWindow, StockRecord
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
