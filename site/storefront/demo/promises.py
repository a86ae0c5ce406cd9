"""What the shop promises about delivery and returns, as words for the demo's texts."""

from functools import cache

from django.utils.translation import override

from checkout.shipping.methods import Express, Standard
from cms_pages.models.settings import LEGAL_RETURN_DAYS
from foundation.core.templatetags.money import money


@cache
def promises() -> dict[str, str]:
    """Return the words by the names under which texts use them, such as ``$standard_price``."""
    with override("en"):
        return {
            "standard_name": str(Standard.name),
            "standard_time": str(Standard.description),
            "standard_price": money(Standard.amount, "EUR"),
            "free_from": money(Standard.free_from, "EUR"),
            "express_name": str(Express.name),
            "express_time": str(Express.description),
            "express_price": money(Express.amount, "EUR"),
            "return_days": str(LEGAL_RETURN_DAYS),
        }
