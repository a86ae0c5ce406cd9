"""Answers of ``/healthz/``, ``/readyz/`` and ``/health/``: no cookie, never stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.utils import translation

from foundation.observability.details import details_read
from foundation.observability.health import DOWN, readiness
from foundation.observability.running import is_stuck


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this web server lives: fails while one of its requests is stuck. Asks no other server."""
    if is_stuck():
        return HttpResponse("a request is stuck", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this pod should get visitors."""
    status, word, checks = readiness()
    return JsonResponse({"status": word, "checks": checks}, status=status)


def health(request: HttpRequest) -> HttpResponse:
    """For people: one word for everybody, all details for staff; JSON, or a page for a browser."""
    status, word, checks = readiness()
    about: dict[str, Any] = {"status": word}
    if checks.get("database", DOWN) != DOWN and _is_staff(request):
        about |= {"checks": checks} | details_read()
    kinds = ["application/json", "text/html"]
    if request.get_preferred_type(kinds) != "text/html":
        return JsonResponse(about, status=status)
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("observability/health.html", {"about": about})
    response = HttpResponse(page, status=status)
    response["Content-Security-Policy"] = "; ".join(
        f"{name} {' '.join(sources)}"
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )
    return response


def _is_staff(request: HttpRequest) -> bool:
    """Reads session and user where there is a session cookie; nobody is staff without a database."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        user = get_user(request)
    except (OperationalError, InterfaceError):
        return False
    return user.is_active and user.is_staff


VIEWS: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/health": health,
}


def answer(request: HttpRequest) -> HttpResponse | None:
    """The answer to exactly these addresses, with or without the slash; else ``None``."""
    view = VIEWS.get(request.path_info.removesuffix("/"))
    if view is None:
        return None
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = view(request)
    if request.method == "HEAD":
        response.content = b""
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
