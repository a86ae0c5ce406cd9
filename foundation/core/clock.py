"""The shop's clock. Prices, offers and vouchers take their time from a ``ShopContext``."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, aware, UTC."""
    return timezone.now()


def to_minute(moment: datetime) -> datetime:
    """``moment`` without its seconds: prices change on the full minute (ADR 0006)."""
    return moment.replace(second=0, microsecond=0)
