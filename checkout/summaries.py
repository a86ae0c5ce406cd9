"""Lines and sums of a basket or an order, for the ``order_summary`` component and the mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.options import ChoiceView
from catalogue.partner.tax import GROSS, TaxedAmount, taxed_amount
from checkout.basket.models import choices_load
from checkout.basket.selectors import variant_labels
from checkout.order.models import OrderDiscount
from foundation.core.templatetags.money import money


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """``amount`` is that of the whole line before discounts; ``None`` if it can't be bought."""

    title: str
    quantity: int
    amount: Decimal | None
    note: str = ""
    choices: tuple[ChoiceView, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """``text`` stands in place of the amount where it is given."""

    label: str
    amount: Decimal
    note: str = ""
    text: str = ""
    is_saving: bool = False


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """Amounts are gross in gross mode, else net with the tax as a row of its own."""

    title: str
    currency: str
    lines: tuple[SummaryLine, ...]
    rows: tuple[SummaryRow, ...]
    total: SummaryRow


def basket_summary(*, basket, method=None) -> OrderSummary:
    """``basket`` with offers applied; with delivery where a shipping ``method`` is chosen.

    One statement if there are variants without a title of their own, one if there are
    choices that are not loaded.
    """
    context = basket.strategy.context
    gross = context.tax_mode == GROSS
    side = "incl_tax" if gross else "excl_tax"
    charge = method.calculate(basket) if method else None
    lines = [line for line in basket.all_lines() if line.amounts is not None]
    labels = variant_labels(line.product for line in lines)
    choices_load(lines)
    return _summary(
        currency=context.currency,
        gross=gross,
        lines=[
            SummaryLine(
                line.product.get_title(),
                line.quantity,
                getattr(line.amounts, side),
                note=labels.get(line.product_id, ""),
                choices=line.choice_views,
            )
            for line in lines
        ],
        goods=sum((getattr(line.amounts, side) for line in lines), Decimal("0.00")),
        discounts=[
            (
                each["voucher"].name if each["voucher"] else each["name"],
                each["discount"],
            )
            for each in basket.offer_applications
            if each["discount"] and not each["result"].affects_shipping
        ],
        shipping=(str(method.name), getattr(charge, side)) if charge else None,
        total=taxed_amount(
            incl_tax=basket.total_incl_tax + (charge.incl_tax if charge else 0),
            excl_tax=basket.total_excl_tax + (charge.excl_tax if charge else 0),
        ),
    )


def order_summary(*, order, tax_mode: str = GROSS) -> OrderSummary:
    """``order`` as it was placed, and what was cancelled since.

    Three queries, one more if options were chosen; less what is prefetched.
    """
    gross = tax_mode == GROSS
    side = "incl_tax" if gross else "excl_tax"
    lines = list(order.lines.all())
    prefetch_related_objects(lines, "attributes__option")
    before = f"line_price_before_discounts_{side}"
    return _summary(
        currency=order.currency,
        gross=gross,
        lines=[
            SummaryLine(
                line.title,
                line.quantity,
                getattr(line, before),
                note=_cancelled_note(line.num_cancelled),
                choices=line.choice_views,
            )
            for line in lines
        ],
        goods=sum((getattr(line, before) for line in lines), Decimal("0.00")),
        discounts=[
            (each.offer_name or each.voucher_code, each.amount)
            for each in order.discounts.all()
            if each.category == OrderDiscount.BASKET
        ],
        shipping=(
            (order.shipping_method, getattr(order, f"shipping_{side}"))
            if order.with_delivery
            else None
        ),
        cancelled=getattr(order, f"cancelled_{side}"),
        total=taxed_amount(
            incl_tax=order.current_total_incl_tax,
            excl_tax=order.current_total_excl_tax,
        ),
    )


def _cancelled_note(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d cancelled", "%(count)d cancelled", count) % {
        "count": count
    }


def _summary(
    *,
    currency: str,
    gross: bool,
    lines: Iterable[SummaryLine],
    goods: Decimal,
    discounts: Iterable[tuple[str, Decimal]],
    shipping: tuple[str, Decimal] | None,
    total: TaxedAmount,
    cancelled: Decimal = Decimal(0),
) -> OrderSummary:
    rows = [SummaryRow(_("Goods"), goods)]
    rows += [SummaryRow(label, -amount, is_saving=True) for label, amount in discounts]
    if shipping is not None:
        label, amount = shipping
        rows.append(SummaryRow(label, amount, text="" if amount else _("Free")))
    if cancelled:
        rows.append(SummaryRow(_("Cancelled"), -cancelled))
    if not gross:
        rows.append(SummaryRow(_("VAT"), total.tax))
    tax = money(total.tax, currency)
    note = _("including %(tax)s VAT") % {"tax": tax} if gross else ""
    return OrderSummary(
        title=_("Order summary"),
        currency=currency,
        lines=tuple(lines),
        rows=tuple(rows),
        total=SummaryRow(_("Total"), total.incl_tax, note=note),
    )
