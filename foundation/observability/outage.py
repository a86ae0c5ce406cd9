"""The database is away: what that looks like to a visitor and in the log."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from foundation.core.log_filters import OnceASecond

RETRY_SECONDS = 5


def is_database_outage(error: BaseException | None) -> bool:
    """Whether PostgreSQL is away, starting, full, or slower than its limits; no mistake of ours."""
    return isinstance(error, (OperationalError, InterfaceError))


@receiver(got_request_exception)
def outage_note(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Django tells of every error that it answers with 500, wherever in the request it was raised."""
    if request is not None and is_database_outage(sys.exc_info()[1]):
        request.database_is_away = True  # type: ignore[attr-defined]


class OutageOnceASecond(OnceASecond):
    """An outage fails every request: once a second is enough to know."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_outage = is_database_outage(error) or _status(record) == 503
        return not is_outage or super().filter(record)


def _status(record: logging.LogRecord) -> int | None:
    return getattr(record, "status_code", None)  # Django's, on what it answered


def outage_response(request: HttpRequest) -> HttpResponse:
    """503 in the language of the path; asks neither database nor cache nor session."""
    language = translation.get_language_from_path(request.path_info)
    with translation.override(language or settings.LANGUAGE_CODE):
        if request.accepts("text/html"):
            again = request.get_full_path() if request.method == "GET" else ""
            page = render_to_string("503.html", {"again": again})
            response = HttpResponse(page)
        else:
            response = JsonResponse({"error": _("We are back in a moment")})
        response["Content-Language"] = translation.get_language()
    response.status_code = 503
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
