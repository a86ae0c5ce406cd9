from decimal import Decimal

from oscar.apps.partner.prices import FixedPrice as OscarFixedPrice

from catalogue.partner.tax import tax_split


class TaxedPrice(OscarFixedPrice):
    """A price whose tax is known; offers reckon with what the shop's tax mode shows.

    ``amount`` is the stored price, gross or net as ``tax_mode`` says. ``tax_rate``
    and ``tax_mode`` are there for the line, where tax is rounded again on the
    line's sum (:func:`catalogue.partner.tax.tax_split`).
    """

    def __init__(
        self,
        *,
        amount: Decimal,
        currency: str,
        tax_rate: Decimal,
        tax_code: str,
        tax_mode: str,
    ):
        split = tax_split(amount=amount, rate=tax_rate, tax_mode=tax_mode)
        super().__init__(
            currency=currency,
            excl_tax=split.excl_tax,
            tax=split.tax,
            tax_code=tax_code,
        )
        self.amount = amount
        self.tax_rate = tax_rate
        self.tax_mode = tax_mode

    @property
    def effective_price(self) -> Decimal:
        """What a shopper sees and offers reduce: gross in gross mode, net in net mode."""
        return self.amount
