from decimal import Decimal

from babel.numbers import format_currency
from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """``amount`` in ``currency`` (ISO 4217) as the active language writes it, with a minus sign; empty for ``None``."""
    if amount is None:
        return ""
    locale = to_locale(get_language() or "en")
    return format_currency(amount, currency, locale=locale).replace("-", MINUS)
