from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from foundation.observability import health_views
from foundation.observability.outage import outage_response

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers health addresses before host check, redirects, session and database: a probe knows no host name."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health_views.answer(request) or self.get_response(request)


class DatabaseOutageMiddleware:
    """A friendly 503 for whatever the lack of a database made fail: view, template or middleware.

    Stands outside of session and basket, inside of what adds security headers.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "database_is_away", False):
            return outage_response(request)
        return response
