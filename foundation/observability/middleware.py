from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from foundation.observability.outage import outage_response

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers ``/healthz/`` before host check, redirects and database: this process lives."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz/":
            return HttpResponse("ok", content_type="text/plain")
        return self.get_response(request)


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
