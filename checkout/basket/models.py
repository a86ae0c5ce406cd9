"""Oscar's basket, read in two queries, with tax rounded on the line."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Sum,
    Window,
    prefetch_related_objects,
)
from django.utils.translation import gettext as _
from oscar.apps.basket.abstract_models import (
    AbstractBasket,
    AbstractLine,
    AbstractLineAttribute,
)
from oscar.apps.partner.prices import Unavailable as NoPrice

from catalogue.models import Option
from catalogue.options import ChoiceView, choice_text, option_assignments
from catalogue.partner.availability import Unavailable
from catalogue.partner.models import StockRecord
from catalogue.partner.strategy import PurchaseInfo
from catalogue.partner.tax import TaxedAmount, round_money, tax_split
from catalogue.visibility import product_is_public


class Basket(AbstractBasket):
    locks_stock = False
    """Set by the placement: reading the lines locks their stock records, in primary-key order."""

    def all_lines(self):
        """The lines in the order they were added, with product, parent and priced stock record.

        Two queries for any number of lines, once: offers note their discounts on
        these very objects. Which of them hold choices is known; :func:`choices_load`
        reads these.
        """
        if not self.pk:
            return self.lines.model.objects.none()
        if self._lines is None:
            records = StockRecord.objects.priced(self.strategy.context)
            records = records.select_related("partner", "tax_class")
            if self.locks_stock:
                records = records.select_for_update(of=("self",))
            self._lines = (
                self.lines.select_related(
                    "product__product_class", "product__parent__product_class"
                )
                .prefetch_related(Prefetch("stockrecord", records))
                .annotate(
                    has_choices=Exists(
                        LineAttribute.objects.filter(line=OuterRef("pk"))
                    ),
                    lacks_choices=_lacks_choices(),
                    stock_wanted=Window(
                        Sum("quantity"), partition_by=F("stockrecord_id")
                    ),
                )
                .order_by("pk")
            )
        return self._lines

    @property
    def num_lines(self):
        return len(self._lines_to_count())

    @property
    def num_items(self):
        return sum(line.quantity for line in self._lines_to_count())

    def _lines_to_count(self):
        """The lines; without prices where nobody buys, such as in a report."""
        return self.all_lines() if self.has_strategy else self.lines.all()

    @property
    def can_be_ordered(self) -> bool:
        """Whether there is something in it and every line can be bought as it stands."""
        lines = self.all_lines()
        return bool(lines) and not any(line.problem for line in lines)

    def _get_total(self, model_property):
        amounts = (getattr(line, model_property) for line in self.all_lines())
        return sum((each for each in amounts if each is not None), Decimal("0.00"))


class Line(AbstractLine):
    """A line whose product was withdrawn has no price and can't be bought, but stays.

    Lines that the basket has read also know ``has_choices``, ``lacks_choices`` (of a
    required option) and ``stock_wanted``: the pieces of all lines with this stock record.
    """

    @cached_property
    def purchase_info(self):
        product, strategy = self.product, self.basket.strategy
        if not product_is_public(product):
            return PurchaseInfo(NoPrice(), Unavailable(), None)
        return PurchaseInfo(
            strategy.pricing_policy(product, self.stockrecord),
            strategy.availability_policy(product, self.stockrecord),
            self.stockrecord,
        )

    @property
    def problem(self) -> str:
        """Why this line can't be ordered as it stands; empty if it can.

        Lines of one product with different choices share its stock.
        """
        permitted, reason = self.purchase_info.availability.is_purchase_permitted(
            getattr(self, "stock_wanted", self.quantity)
        )
        if not permitted:
            return str(reason)
        if getattr(self, "lacks_choices", False):
            return _(
                "Its options have changed. "
                "Please remove it and add it again from its page."
            )
        return ""

    @property
    def choices(self) -> list[tuple[Option, Any]]:
        """What the shopper chose, with the options. One query unless loaded or none."""
        if not getattr(self, "has_choices", True):
            return []
        return [(each.option, each.value) for each in self.attributes.all()]

    @property
    def choice_views(self) -> tuple[ChoiceView, ...]:
        return tuple(
            ChoiceView(option.name, choice_text(value, option.type))
            for option, value in self.choices
        )

    @property
    def price_before(self) -> Decimal | None:
        """The unit's price when it was put into the basket, if that is another than now."""
        price = self.purchase_info.price
        if not price.exists:
            return None
        is_gross = price.effective_price == price.incl_tax
        added = self.price_incl_tax if is_gross else self.price_excl_tax
        return added if added != price.effective_price else None

    # --- Money: catalogue.partner.tax rounds, once, on the line ----------------------

    def _split(self, reduction: Decimal) -> TaxedAmount | None:
        price = self.purchase_info.price
        if not price.exists:
            return None
        amount = max(price.effective_price * self.quantity - reduction, Decimal("0.00"))
        return tax_split(amount=amount, rate=price.tax_rate, tax_mode=price.tax_mode)

    @property
    def amounts(self) -> TaxedAmount | None:
        """The line before discounts; ``None`` without a price."""
        return self._split(Decimal(0))

    @property
    def amounts_to_pay(self) -> TaxedAmount | None:
        """The line after discounts, which offers give on the price that is shown."""
        return self._split(self.discounts.total)

    @property
    def line_price_incl_tax(self):
        return self.amounts and self.amounts.incl_tax

    @property
    def line_price_excl_tax(self):
        return self.amounts and self.amounts.excl_tax

    @property
    def line_price_incl_tax_incl_discounts(self):
        return self.amounts_to_pay and self.amounts_to_pay.incl_tax

    @property
    def line_price_excl_tax_incl_discounts(self):
        return self.amounts_to_pay and self.amounts_to_pay.excl_tax

    @property
    def line_tax(self):
        return self.amounts_to_pay and self.amounts_to_pay.tax

    def get_price_breakdown(self):
        """What each unit costs after discounts: ``(gross, net, how many)``.

        Shares are rounded so that they add up to the line on the cent, where Oscar's
        (4.2) lose some: 10.00 for three is 3.33, 3.33 and 3.34.
        """
        amounts = self.amounts_to_pay
        if amounts is None:
            return []
        shares = zip(
            _shares(amounts.incl_tax, self.quantity),
            _shares(amounts.excl_tax, self.quantity),
            strict=True,
        )
        return [(*prices, len(list(same))) for prices, same in groupby(sorted(shares))]


class LineAttribute(AbstractLineAttribute):
    """What the shopper chose of an option."""


def choices_load(lines: Iterable[Line]) -> None:
    """Load what shoppers chose for ``lines``. One statement, none without choices."""
    prefetch_related_objects(
        [line for line in lines if getattr(line, "has_choices", True)],
        Prefetch(
            "attributes", LineAttribute.objects.select_related("option").order_by("pk")
        ),
    )


def _lacks_choices() -> Q:
    """Whether a line has nothing chosen for a required option of its product."""
    chosen = LineAttribute.objects.filter(
        line=OuterRef(OuterRef("pk")), option=OuterRef("option_id")
    )
    own, of_type = (
        assigned.filter(~Exists(chosen), option__required=True)
        for assigned in option_assignments("product__")
    )
    return Exists(own) | Exists(of_type)


def _shares(total: Decimal, parts: int) -> list[Decimal]:
    borders = [round_money(total * n / parts) for n in range(parts + 1)]
    return [after - before for before, after in pairwise(borders)]


from oscar.apps.basket.models import *
