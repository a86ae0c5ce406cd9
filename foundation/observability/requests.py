"""What every request gets: an id, one line in the log, its share in the metrics."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import PrometheusAfterMiddleware

from foundation.core.tracing import (
    current_request_id,
    request_id_bound,
    request_id_from,
)
from foundation.observability.metrics import STATEMENTS
from foundation.observability.scrubbing import request_scrubbed

logger = logging.getLogger(__name__)

UNNAMED = "<unnamed view>"  # as django-prometheus says it
STATIC = "static"
METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
OTHER_METHOD = "<invalid method>"
SILENT = frozenset({"/healthz/", "/readyz/", "/metrics"})
"""Asked by machines every few seconds; their answers are in the metrics."""


def view_name(request: HttpRequest) -> str:
    """The name of the URL pattern: never the path, which may hold a token or a search word."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or UNNAMED
    return STATIC if request.path_info.startswith(settings.STATIC_URL) else UNNAMED


def method_name(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else OTHER_METHOD


class RequestMiddleware:
    """Outermost: gives the request its id (``X-Request-ID``), and writes its line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Wagtail's preview sends a second request through the middleware, within the first.
        request_id = current_request_id() or request_id_from(
            request.headers.get("X-Request-ID", "")
        )
        began = perf_counter()
        with request_id_bound(request_id):
            with request_scrubbed(request):
                response = self.get_response(request)
            response["X-Request-ID"] = request_id
            if request.path_info not in SILENT:
                self.log(request, response, perf_counter() - began)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # gunicorn (27) would drop it with a warning
        return response

    @staticmethod
    def log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        """Names of closed sets only: outside of the scrubbing, which would take a view's name out of its own path."""
        view, method = view_name(request), method_name(request)
        logger.info(
            "%s %s %s",
            method,
            view,
            response.status_code,
            extra={
                "view": view,
                "method": method,
                "status": response.status_code,
                "duration": round(seconds, 4),
            },
        )


class StatementsMiddleware:
    """Counts the SQL statements of a request; one function call for each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*arguments)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        STATEMENTS.labels(view=view_name(request)).observe(count)
        return response


class MetricsAfterMiddleware(PrometheusAfterMiddleware):
    """django-prometheus (2.5) with closed label sets, and a failed request observed once.

    Stands outside of session and database, so that a request they fail is counted too.
    """

    def _method(self, request: HttpRequest) -> str:
        return method_name(request)

    def _get_view_name(self, request: HttpRequest) -> str:
        return view_name(request)

    def label_metric(self, metric, request, response=None, **labels):
        if "method" in labels:  # its latency takes the method as it was sent
            labels["method"] = method_name(request)
        return super().label_metric(metric, request, response, **labels)

    def process_template_response(self, request, response):
        return response  # names of templates may hold a product's key

    def process_exception(self, request, exception):
        # its parent observes the latency here, and again when the 500 leaves
        kind = type(exception).__name__
        self.label_metric(self.metrics.exceptions_by_type, request, type=kind).inc()
        self.label_metric(
            self.metrics.exceptions_by_view, request, view=view_name(request)
        ).inc()
