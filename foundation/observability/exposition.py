"""``/metrics``: on a port of its own, so that visitors never see it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

import prometheus_client
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from foundation.observability import multiprocess
from foundation.observability.running import running_read
from foundation.observability.state import StateCollector

PATH = "/metrics"

logger = logging.getLogger(__name__)
_server: WSGIServer | None = None
_server_pid = os.getpid()


class ShopCollector(Collector):
    """What this process and its siblings have counted, and which release they are."""

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily(
            "storefront_build_info", "1; the release that runs.", labels=["version"]
        )
        build.add_metric([settings.RELEASE], 1)
        yield build
        if multiprocess.folder():
            yield from multiprocess.metrics_read()
        else:
            yield from REGISTRY.collect()


class RunningCollector(Collector):
    """What the threads of this web server are busy with."""

    def collect(self) -> Iterator[Metric]:
        running = running_read()
        oldest = GaugeMetricFamily(
            "storefront_requests_oldest_seconds",
            "How long the oldest request has been running without progress; 0 if none runs.",
        )
        oldest.add_metric([], running.oldest_seconds)
        yield oldest
        threads = GaugeMetricFamily(
            "storefront_request_threads", "Threads for requests.", labels=["state"]
        )
        threads.add_metric(["busy"], running.busy)
        threads.add_metric(["idle"], running.idle)
        yield threads


registry = CollectorRegistry()
registry.register(ShopCollector())
web_registry = CollectorRegistry()
web_registry.register(ShopCollector())
web_registry.register(RunningCollector())
web_registry.register(StateCollector())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(
        encode(web_registry) if request.method == "GET" else b"",
        content_type=content_type,
    )


class MetricsMiddleware:
    """Answers ``/metrics`` before host check, redirects, session and database.

    Only on ``METRICS_PORT``, and there nothing else but health (``HealthMiddleware``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_metrics = request.path_info == PATH
        port = settings.METRICS_PORT
        is_inside = bool(port) and request.META["SERVER_PORT"] == str(port)
        if is_metrics and is_inside:
            return metrics(request)
        if is_metrics or is_inside:
            return HttpResponseNotFound("Not found", content_type="text/plain")
        return self.get_response(request)


def server_start() -> None:
    """Serve ``/metrics`` of a process that has no web server, from a thread of its own.

    A port that is taken is logged and not fatal: work matters more than its counts.
    """
    global _server  # its socket has to be closed in children
    if not settings.METRICS_PORT:
        return
    try:
        _server, _thread = prometheus_client.start_http_server(
            settings.METRICS_PORT, settings.LISTEN[0].strip("[]"), registry
        )
    except OSError as error:
        logger.error(
            "No metrics: port %s can't be used (%s).",
            settings.METRICS_PORT,
            error.strerror,
        )


def server_forget() -> None:
    """In a forked child: leave the port to the parent, so that its successor finds it free."""
    if _server is not None and os.getpid() != _server_pid:
        _server.socket.close()
