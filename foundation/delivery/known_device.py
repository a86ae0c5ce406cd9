"""A signed cookie of a browser whose owner has proved to own an account.

While strangers guess at the account's password, its owner gets in from such a browser: its
failures are counted alone, and those of others not against it (OWASP, "Slow down online
guessing attacks with device cookies"). The cookie opens nothing: a password is still asked.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from foundation.delivery.limits import digest

COOKIE = "known_device"
MAX_AGE = timedelta(days=180)


def device_remember(response: HttpResponseBase, *, account: str) -> None:
    """Make the browser that gets ``response`` a known device of ``account``."""
    response.set_cookie(
        COOKIE,
        signing.dumps([digest(account), secrets.token_hex(16)], salt=__name__),
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def device_of(request: HttpRequest, *, account: str) -> str:
    """Return the name of the device, empty if it isn't known for ``account``."""
    try:
        known, device = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=__name__, max_age=MAX_AGE
        )
    except signing.BadSignature:
        return ""
    return device if known == digest(account) else ""
