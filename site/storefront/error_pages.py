"""Error pages: in the back office's shell for staff, the shop's for everybody else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views import csrf, defaults
from oscar.core.loading import get_class

from storefront.middleware import is_from_staff


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_from_staff(request):
        return _in_shell(request, "backoffice/400.html", 400)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_from_staff(request):
        return _in_shell(request, "backoffice/403.html", 403)
    return defaults.permission_denied(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_from_staff(request):
        return _in_shell(request, "backoffice/403_csrf.html", 403)
    return csrf.csrf_failure(request, reason)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_from_staff(request):
        return _in_shell(request, "wagtailadmin/404.html", 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Draw a page without a query: the database may be what fails.

    Wagtail's sidebar reads page permissions and languages. The menu here needs the
    person's permissions alone, which ``StaffMiddleware`` has loaded.
    """
    if not is_from_staff(request):
        return defaults.server_error(request)
    context = {
        "request": request,
        "menu": get_class("dashboard.menu", "get_nodes")(request.user),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    response = HttpResponseServerError(render_to_string("backoffice/500.html", context))
    add_never_cache_headers(response)
    return response


def _in_shell(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render(request, template, status=status)
    add_never_cache_headers(response)  # no shared cache may show it to strangers
    return response
