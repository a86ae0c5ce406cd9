from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from catalogue.partner.tax import CENT, round_money


def discount_round(amount: Decimal, currency: str | None = None) -> Decimal:
    """A discount on the cent, half a cent up, as all money is (``OSCAR_OFFER_ROUNDING_FUNCTION``)."""
    return round_money(amount)


def discount_spread(amounts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """``amounts`` on the cent so that they add up to ``total``.

    Each is cut to the cent; the cents left over go to those that lost most,
    the first ones first.
    """
    cut = [amount.quantize(CENT, rounding=ROUND_DOWN) for amount in amounts]
    missing = int((total - sum(cut)) / CENT)
    losers = sorted(range(len(amounts)), key=lambda index: cut[index] - amounts[index])
    for index in losers[:missing]:
        cut[index] += CENT
    return cut
