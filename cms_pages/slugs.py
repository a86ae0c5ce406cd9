"""First segments of an address that belong to the shop, not to a page."""

from django.conf import settings

RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "api",
        "basket",
        "catalogue",
        "checkout",
        "cms",
        "dashboard",
        "documents",
        "feeds",
        "health",
        "healthz",
        "i18n",
        "media",
        "metrics",
        "offers",
        "password-reset",
        "readyz",
        "search",
        "static",
        "visitor",
        "webhooks",
        "wishlists",
    }
)
"""``docs/architecture.md``, Addresses. Names with a dot (``robots.txt``) are no slugs anyway."""

HOME_DEPTH = 2
"""Home pages are the only pages right under Wagtail's root."""


def slug_is_reserved(slug: str) -> bool:
    """Whether a page of this slug right under a home page could never be reached."""
    languages = {code for code, _name in settings.LANGUAGES}
    return slug.lower() in RESERVED_SLUGS | languages
