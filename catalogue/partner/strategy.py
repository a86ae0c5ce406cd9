"""What a product costs and whether it can be bought, in a ``ShopContext``.

Depends on host, path and moment alone: never on ``request.user``, which would
make every page vary on the session's cookie (docs/algorithms/prices.md).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from django.db.models import Prefetch
from oscar.apps.partner.prices import Unavailable as UnavailablePrice
from oscar.apps.partner.strategy import PurchaseInfo
from oscar.apps.partner.strategy import Selector as OscarSelector
from oscar.apps.partner.strategy import Structured as OscarStructured

from catalogue.partner import availability
from catalogue.partner.models import PriceWindow, StockRecord
from catalogue.partner.prices import TaxedPrice
from foundation.core.context import (
    ShopContext,
    shop_context,
    shop_context_for_request,
)

__all__ = ["PurchaseInfo", "Selector", "Strategy", "stockrecords_prefetch"]


class Selector(OscarSelector):
    """One strategy for everybody; ``user`` is ignored."""

    def strategy(self, request=None, user=None, context=None, **kwargs):
        return Strategy(request, context=context)


def stockrecords_prefetch(
    context: ShopContext, lookup: str = "stockrecords"
) -> Prefetch:
    """For ``prefetch_related``: priced stock records, one query for all products.

    ``lookup`` leads from the model at hand to the stock records, e.g.
    ``"product__stockrecords"`` from a basket line. With it the strategy needs no
    further query, except for a child's parent and its class.
    """
    return Prefetch(lookup, queryset=StockRecord.objects.priced(context))


class Strategy(OscarStructured):
    """Price by the clock, tax by the record's class, availability by its stock.

    For many products at once prefetch :func:`stockrecords_prefetch`; a record
    that was not priced for this very moment costs one query.
    """

    def __init__(self, request=None, context: ShopContext | None = None):
        # Not Oscar's __init__: it reads request.user.
        self.request = request
        self.user = None
        self._context = context

    @cached_property
    def context(self) -> ShopContext:
        """Resolved at the first question: most requests ask none."""
        if self._context is not None:
            return self._context
        if self.request is not None:
            return shop_context_for_request(self.request)
        return shop_context()

    def select_stockrecord(self, product):
        """The first record in the context's currency, ``None`` if there is none."""
        for record in product.stockrecords.all():
            if record.price_currency == self.context.currency:
                return record
        return None

    def select_children_stockrecords(self, product):
        children = product.get_public_children()
        if not isinstance(children, list):
            children = children.prefetch_related(stockrecords_prefetch(self.context))
        for child in children:
            child.parent = product
        return [(child, self.select_stockrecord(child)) for child in children]

    def current_amount(self, record: StockRecord) -> Decimal | None:
        """What ``record`` costs at the context's moment, as stored (gross or net)."""
        at = self.context.at
        if getattr(record, "priced_at", None) != at:
            window = PriceWindow.objects.active(at).filter(stockrecord=record).first()
            record.current_price = window.amount if window else record.price
            record.priced_at = at
        return record.current_price

    def pricing_policy(self, product, stockrecord):
        amount = self.current_amount(stockrecord) if stockrecord else None
        if stockrecord is None or amount is None:
            return UnavailablePrice()
        return TaxedPrice(
            amount=amount,
            currency=stockrecord.price_currency,
            tax_rate=stockrecord.tax_class.rate,
            tax_code=stockrecord.tax_class.code,
            tax_mode=self.context.tax_mode,
        )

    def parent_pricing_policy(self, product, children_stock):
        """The lowest price of the variants that can be bought, else of all."""
        offered = [
            (self.pricing_policy(child, record), child, record)
            for child, record in children_stock
        ]
        offered = [each for each in offered if each[0].exists]
        if not offered:
            return UnavailablePrice()
        buyable = [
            price
            for price, child, record in offered
            if self.availability_policy(child, record).is_available_to_buy
        ]
        return min(
            buyable or [price for price, _, _ in offered],
            key=lambda price: price.effective_price,
        )

    def availability_policy(self, product, stockrecord):
        if not product.is_public or (product.is_child and not product.parent.is_public):
            return availability.Withdrawn()
        return self.stock_policy(stockrecord, product.get_product_class().track_stock)

    def stock_policy(self, stockrecord: StockRecord | None, track_stock: bool):
        """How ``stockrecord`` can be bought; without a price it can't."""
        if stockrecord is None or self.current_amount(stockrecord) is None:
            return availability.Unavailable()
        if not track_stock:
            return availability.Available()
        return availability.StockRequired(stockrecord.net_stock_level)

    def parent_availability_policy(self, product, children_stock):
        """The best of the variants; unavailable where there are none."""
        policies = [
            self.availability_policy(child, record) for child, record in children_stock
        ]
        if any(policy.is_available_to_buy for policy in policies):
            return availability.Available()
        return policies[0] if policies else availability.Unavailable()
