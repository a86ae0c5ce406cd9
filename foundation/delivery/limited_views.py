"""Pages that take only so many POSTs: ``settings.LIMITED_VIEWS`` (docs/adr/0016).

A table of URL names instead of a decorator on each view: most of these views are Oscar's,
Wagtail's or Django's, and one place shows what is limited and what isn't.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from foundation.delivery.client_address import client_network
from foundation.delivery.known_device import device_of, device_remember
from foundation.delivery.limits import limit_check, limit_hit
from foundation.delivery.metrics import REQUESTS_REFUSED
from foundation.delivery.same_origin import fields_to_repeat

LOGIN = "login"
FAILURES = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Statuses of a form that is shown again with its errors; success redirects."""


class LimitMiddleware:
    """Answers 429 to a POST whose client or account is over the limit of its page.

    Stands after ``CsrfViewMiddleware``: what that refuses isn't counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST":
            name, keys = getattr(request, "limit_of_failures", ("", {}))
            if name and response.status_code in FAILURES:
                limit_hit(name, keys)
            if account := account_proved(request, response):
                device_remember(response, account=account)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method != "POST" or match is None:
            return None
        name = settings.LIMITED_VIEWS.get(match.view_name)
        if name is None:
            return None
        keys = keys_of(request, name)
        if name in settings.LIMITS_OF_FAILURES:
            request.limit_of_failures = (name, keys)  # type: ignore[attr-defined]
            seconds = limit_check(name, keys)
        else:
            seconds = limit_hit(name, keys)
        return refuse(request, name, seconds) if seconds else None


def keys_of(request: HttpRequest, name: str) -> dict[str, str]:
    """Return what the rates of limit ``name`` count for in this request."""
    account = account_typed(request)
    if name == LOGIN and (device := device_of(request, account=account)):
        return {"device": device}
    client = client_network(request)
    if not account:
        return {"client": client}
    return {
        "client": client,
        "account": account,
        "client and account": f"{client} {account}",
    }


def account_typed(request: HttpRequest) -> str:
    """Return the e-mail address that was typed; its notations that mean the same are one."""
    typed = request.POST.get("username") or request.POST.get("email", "")
    return account_normalise(typed)


def account_normalise(email: str) -> str:
    """Return the form in which accounts are stored; what has none is no account's address."""
    try:
        return get_user_model().objects.normalize_email(email)
    except ValidationError:
        return unicodedata.normalize("NFKC", email).casefold().strip()


def account_proved(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return the account that this POST proved to own, by password or by a mail's link; else empty."""
    match = request.resolver_match
    if match is None or response.status_code != HTTPStatus.FOUND:
        return ""
    if settings.LIMITED_VIEWS.get(match.view_name) == LOGIN:
        return account_typed(request) if request.user.is_authenticated else ""
    if match.view_name in settings.PASSWORD_RESET_VIEWS:
        pk = urlsafe_base64_decode(match.kwargs["uidb64"]).decode()
        return account_normalise(get_user_model().objects.get(pk=pk).email)
    return ""


@never_cache
def refuse(request: HttpRequest, name: str, seconds: int) -> HttpResponse:
    """Answer 429: when to try again, and what was typed, to be sent once more."""
    REQUESTS_REFUSED.labels(name).inc()
    if request.accepts("text/html"):
        fields = fields_to_repeat(request)
        has_password = any("password" in field for field, _value in fields)
        context = {
            "limit": name,
            "minutes": ceil(seconds / 60),
            "action": request.get_full_path(),
            "fields": [] if has_password else fields,
        }
        response = render(request, "429.html", context, status=429)
    else:
        response = JsonResponse({"error": _("Too many attempts")}, status=429)
    response["Retry-After"] = str(seconds)
    return response
