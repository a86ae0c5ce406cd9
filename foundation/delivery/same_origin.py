"""Forms on cacheable pages carry no token: their views ask the browser where the form was.

See ``docs/adr/0005-cookie-free-pages.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)

View = Callable[..., HttpResponseBase]


def same_origin_post(view: View) -> View:
    """Let ``view`` change things only when one of the shop's own pages asks.

    Accepted: ``Sec-Fetch-Site: same-origin``; where a browser does not send it, an
    ``Origin`` equal to scheme and host; else Django's CSRF token. Everything else
    gets, with status 403, an uncached page that shows what was asked and a token to
    confirm it with: nothing the shopper typed is lost.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if (
            request.method in SAFE_METHODS
            or is_same_origin(request)
            or _has_token(request, view)
        ):
            return view(request, *args, **kwargs)
        return _confirm(request)

    return guarded


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that one of this host's own pages sent ``request``."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


class _TokenCheck(CsrfViewMiddleware):
    def _reject(self, request, reason):
        return reason


def _has_token(request: HttpRequest, view: View) -> bool:
    check = _TokenCheck(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, view, (), {}) is None


def fields_to_repeat(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the names and values that were sent, for hidden fields of another form."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN_FIELD
    ]


@never_cache
def _confirm(request: HttpRequest) -> HttpResponse:
    fields = fields_to_repeat(request)
    context = {"action": request.get_full_path(), "fields": fields}
    return render(request, "same_origin_confirm.html", context, status=403)
