"""Tax and rounding, in this one place (docs/algorithms/tax.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GROSS = "gross"


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount of money without tax, its tax, and both together."""

    excl_tax: Decimal
    tax: Decimal
    incl_tax: Decimal


def round_money(amount: Decimal) -> Decimal:
    """``amount`` on the cent; half a cent is rounded away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def taxed_amount(*, incl_tax: Decimal, excl_tax: Decimal) -> TaxedAmount:
    """An amount whose tax is what lies between gross and net."""
    return TaxedAmount(excl_tax, incl_tax - excl_tax, incl_tax)


def tax_split(*, amount: Decimal, rate: Decimal, tax_mode: str) -> TaxedAmount:
    """``amount`` of one line (after its discounts) with its tax.

    ``amount`` is gross in gross mode and net in net mode, as in the shop's
    context; ``rate`` is e.g. ``Decimal("0.2")``. The tax is rounded once, on the
    line; what is not given follows by subtraction or addition, so that
    net + tax = gross always holds. For a single unit pass its price.
    """
    amount = round_money(amount)
    if tax_mode == GROSS:
        tax = round_money(amount * rate / (1 + rate))
        return TaxedAmount(amount - tax, tax, amount)
    tax = round_money(amount * rate)
    return TaxedAmount(amount, tax, amount + tax)
