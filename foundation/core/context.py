"""In which shop, language, currency and moment a question about the shop is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.utils import translation

from foundation.core import clock
from foundation.core.models import Shop

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOP_CACHE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ShopContext:
    """What every card, price, offer and search selector takes.

    ``site`` is the primary key of the Wagtail site, ``locale`` a language code,
    ``currency`` ISO 4217, ``tax_mode`` a ``Shop.TaxMode`` value ("gross" or
    "net"), ``at`` the aware moment that prices are read for. Depends on host and
    path only, never on cookie, user or Accept-Language.
    """

    site: int
    locale: str
    currency: str
    tax_mode: str
    at: datetime

    @property
    def cache_key(self) -> str:
        """Equal for two contexts in which every price is the same (prices change on the full minute)."""
        minute = clock.to_minute(self.at)
        return (
            f"s{self.site}.{self.locale}.{self.currency}.{self.tax_mode}"
            f".{int(minute.timestamp())}"
        )


def shop_context(*, host: str = "", at: datetime | None = None) -> ShopContext:
    """The context of ``host`` (without port; the default shop if unknown) in the active language.

    At most one query; none while the shop's row is cached.
    """
    shop = _shop_for_host(host)
    return ShopContext(
        site=shop.site_id,
        locale=translation.get_language() or settings.LANGUAGE_CODE,
        currency=shop.currency,
        tax_mode=shop.tax_mode,
        at=at or clock.now(),
    )


def shop_context_for_request(request: HttpRequest) -> ShopContext:
    """The context of ``request``, resolved once."""
    context = getattr(request, "shop_context", None)
    if context is None:
        context = shop_context(host=request.get_host().rsplit(":", 1)[0])
        request.shop_context = context  # type: ignore[attr-defined]
    return context


def _shop_for_host(host: str) -> Shop:
    key, cache = f"shop:{host}", caches["local"]
    shop = cache.get(key)
    if shop is None:
        shop = Shop.objects.for_host(host)
        cache.set(key, shop, SHOP_CACHE_SECONDS)
    return shop
