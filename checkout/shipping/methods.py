"""What delivery costs. Prices in the shop's currency, gross or net as its tax mode says."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping.methods import (
    Base,
    FixedPrice,
    Free,
    TaxExclusiveOfferDiscount,
)
from oscar.apps.shipping.methods import (
    NoShippingRequired as OscarNoShippingRequired,
)
from oscar.apps.shipping.methods import (
    TaxInclusiveOfferDiscount as OscarTaxInclusiveOfferDiscount,
)
from oscar.core.prices import Price

from catalogue.partner.tax import tax_split

__all__ = [
    "Base",
    "Express",
    "FixedPrice",
    "Free",
    "NoShippingRequired",
    "Standard",
    "TaxExclusiveOfferDiscount",
    "TaxInclusiveOfferDiscount",
]


class TaxedMethod(Base):
    """A flat price, taxed like the goods: by the highest rate that is in the basket."""

    amount = Decimal("0.00")

    def amount_for(self, basket) -> Decimal:
        return self.amount

    def calculate(self, basket):
        return taxed_charge(basket, self.amount_for(basket))


class Standard(TaxedMethod):
    code = "standard"
    name = _("Standard delivery")  # type: ignore[assignment]
    description = _("3 to 5 working days")  # type: ignore[assignment]
    amount = Decimal("4.90")
    free_from = Decimal("60.00")
    """Goods after discounts, with tax, from which on it costs nothing."""

    @classmethod
    def charge(cls, goods: Decimal) -> Decimal:
        """Return what it costs to deliver ``goods``, an amount after discounts, with tax."""
        return Decimal("0.00") if goods >= cls.free_from else cls.amount

    def amount_for(self, basket):
        return self.charge(basket.total_incl_tax)

    def missing_for_free(self, basket) -> Decimal:
        """What is still to be bought for free delivery; 0 if it is free already."""
        return max(self.free_from - basket.total_incl_tax, Decimal("0.00"))


class Express(TaxedMethod):
    code = "express"
    name = _("Express delivery")  # type: ignore[assignment]
    description = _("Next working day if ordered before noon")  # type: ignore[assignment]
    amount = Decimal("12.90")


class NoShippingRequired(OscarNoShippingRequired):
    """For a basket of services and digital goods alone; Oscar's repository offers it."""

    name = _("No delivery needed")


class TaxInclusiveOfferDiscount(OscarTaxInclusiveOfferDiscount):
    """A reduced charge, its tax rounded where all taxes are (Oscar 4.2 keeps four places)."""

    def calculate(self, basket):
        before = self.method.calculate(basket)
        discount = self.offer.shipping_discount(before.incl_tax, before.currency)
        rate = tax_rate(basket)
        split = tax_split(
            amount=before.incl_tax - discount, rate=rate, tax_mode="gross"
        )
        return Price(
            currency=before.currency,
            excl_tax=split.excl_tax,
            incl_tax=split.incl_tax,
            tax_code=before.tax_code,
        )


def tax_rate(basket) -> Decimal:
    return max(
        (
            line.purchase_info.price.tax_rate
            for line in basket.all_lines()
            if line.purchase_info.price.exists
        ),
        default=Decimal(0),
    )


def taxed_charge(basket, amount: Decimal) -> Price:
    """``amount`` for delivering ``basket`` with its tax."""
    context = basket.strategy.context
    split = tax_split(amount=amount, rate=tax_rate(basket), tax_mode=context.tax_mode)
    return Price(
        currency=context.currency, excl_tax=split.excl_tax, incl_tax=split.incl_tax
    )
