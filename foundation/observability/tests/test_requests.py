import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from prometheus_client import REGISTRY

from foundation.core.tracing import current_request_id
from foundation.observability.logs import JsonFormatter
from foundation.observability.requests import RequestMiddleware

pytestmark = pytest.mark.django_db


def test_every_answer_carries_a_new_request_id(client):
    ids = {
        client.get(path, **headers)["X-Request-ID"]
        for path, headers in (
            ("/healthz/", {}),
            ("/metrics", {}),
            ("/search/", {}),
            ("/no-such-page/", {}),
            ("/search/", {"HTTP_HOST": "somebody-else.example"}),
        )
    }

    assert len(ids) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("a-Good_id-1", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("short", False),
        ("two words", False),
        ("new\nline-here", False),
        ("", False),
    ],
)
def test_request_id_of_the_proxy_is_kept_if_it_looks_like_one(client, sent, is_kept):
    answer = client.get("/healthz/", HTTP_X_REQUEST_ID=sent)

    assert (answer["X-Request-ID"] == sent) is is_kept


def test_request_id_is_bound_for_the_request_only():
    seen = []

    def view(request):
        seen.append(current_request_id())
        return HttpResponse()

    middleware = RequestMiddleware(view)

    answer = middleware(RequestFactory().get("/", HTTP_X_REQUEST_ID="proxy-0001"))

    assert seen == ["proxy-0001"]
    assert answer["X-Request-ID"] == "proxy-0001"
    assert current_request_id() == ""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What stands in the log, as it is written."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("foundation.observability.requests")
    logger.addHandler(handler)
    yield handler.stream
    logger.removeHandler(handler)


@pytest.mark.parametrize("query", ["", "?q=search&method=GET&status=200"])
def test_line_of_a_request_tells_its_view_whatever_its_address_says(
    client, lines, query
):
    client.get(f"/search/{query}")

    line = json.loads(lines.getvalue())
    view = resolve("/search/").view_name
    assert (line["message"], line["view"]) == (f"GET {view} 200", view)


def test_answer_to_head_has_no_body_and_tells_how_long_it_would_be():
    def view(request):
        return HttpResponse("ten octets", headers={"Content-Length": "10"})

    answer = RequestMiddleware(view)(RequestFactory().head("/"))

    assert (answer.content, answer["Content-Length"]) == (b"", "10")


def requests_counted(**labels) -> float:
    name = "django_http_responses_total_by_status_view_method_total"
    return REGISTRY.get_sample_value(name, labels) or 0


def test_request_is_counted_once_by_view_status_and_method(client):
    labels = {"view": "search:search", "status": "200", "method": "GET"}
    name = "django_http_requests_latency_seconds_by_view_method_count"
    timed = {"view": "search:search", "method": "GET"}
    before = requests_counted(**labels), REGISTRY.get_sample_value(name, timed) or 0

    client.get("/search/?q=lamp")

    assert requests_counted(**labels) == before[0] + 1
    assert REGISTRY.get_sample_value(name, timed) == before[1] + 1


def test_failed_request_is_counted_and_timed_once(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("cms_pages.search.views.products_search", fail)
    name = "django_http_requests_latency_seconds_by_view_method_count"
    labels = {"view": "search:search", "method": "GET"}
    exceptions = "django_http_exceptions_total_by_view_total"
    before = (
        REGISTRY.get_sample_value(name, labels) or 0,
        requests_counted(**labels, status="500"),
        REGISTRY.get_sample_value(exceptions, {"view": "search:search"}) or 0,
    )

    answer = Client(raise_request_exception=False).get("/search/?q=lamp")

    assert answer.status_code == 500
    assert REGISTRY.get_sample_value(name, labels) == before[0] + 1
    assert requests_counted(**labels, status="500") == before[1] + 1
    assert (
        REGISTRY.get_sample_value(exceptions, {"view": "search:search"})
        == before[2] + 1
    )


def test_statements_of_a_request_are_counted(client):
    labels = {"view": "search:search"}
    name = "storefront_db_statements_per_request_sum"
    before = REGISTRY.get_sample_value(name, labels) or 0

    with CaptureQueriesContext(connection) as captured:
        client.get("/search/?q=lamp")

    assert len(captured) > 0
    assert REGISTRY.get_sample_value(name, labels) == before + len(captured)
