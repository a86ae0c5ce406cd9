"""Oscar's availability in the words of the shop, and with a code for the last pieces."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from oscar.apps.partner.availability import Available as OscarAvailable
from oscar.apps.partner.availability import StockRequired as OscarStockRequired
from oscar.apps.partner.availability import Unavailable as OscarUnavailable

LOW_STOCK = 5
"""From this many pieces on downwards the shopper is told how many are left."""


class Unavailable(OscarUnavailable):
    message = _("Not available at the moment")

    def is_purchase_permitted(self, quantity):
        return False, self.message


class Withdrawn(Unavailable):
    """For what the shop no longer sells, but may still lie in a basket."""

    message = _("No longer available")


class Available(OscarAvailable):
    message = _("In stock")


class StockRequired(OscarStockRequired):
    """To be bought while there is stock."""

    CODE_LOW_STOCK = "lowstock"

    @property
    def code(self):  # type: ignore[override]
        if 0 < self.num_available <= LOW_STOCK:
            return self.CODE_LOW_STOCK
        return super().code

    @property
    def message(self):  # type: ignore[override]
        if self.num_available <= 0:
            return _("Sold out")
        if self.num_available <= LOW_STOCK:
            return ngettext(
                "Only %(count)d left", "Only %(count)d left", self.num_available
            ) % {"count": self.num_available}
        return _("In stock")

    short_message = message

    def is_purchase_permitted(self, quantity):
        if self.num_available <= 0:
            return False, self.message
        if quantity > self.num_available:
            return False, ngettext(
                "We have only %(count)d of it.",
                "We have only %(count)d of it.",
                self.num_available,
            ) % {"count": self.num_available}
        return True, ""
