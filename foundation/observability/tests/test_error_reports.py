"""A process with the real reporter, and a receiver that reads real envelopes."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.error_receiver import ErrorReceiver

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import os, time
import django
django.setup()
import logging
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
import sys, types

def fail(request, word):
    street = "local-Ringstrasse"
    request.POST
    raise ValueError(f"wrong: {request.POST['name']}, {word}, ada@canary.example")

urls = types.ModuleType("failing_urls")
urls.urlpatterns = [
    path("fail/<str:word>/", fail, name="fail"),
    path("fine/", lambda request: HttpResponse()),
]
sys.modules["failing_urls"] = urls
with override_settings(ROOT_URLCONF="failing_urls", MIDDLEWARE=[
    "foundation.observability.requests.RequestMiddleware",
]):
    Client().get("/fine/")  # loads what the first request loads
    began = time.monotonic()
    Client(raise_request_exception=False, headers={"authorization": "Bearer canary-header"}).post(
        "/fail/canary-word/?q=canary-query",
        {"name": "canary-name", "password": "canary-password"},
        HTTP_COOKIE="sessionid=canary-cookie", HTTP_X_REQUEST_ID="request-0001",
        REMOTE_ADDR="192.0.2.99",
    )
    logging.getLogger("some").error("to %s failed", "bob@canary.example", extra={"x": "canary-extra"})
    print(time.monotonic() - began, flush=True)
"""


@pytest.fixture
def receiver():
    with ErrorReceiver() as started:
        yield started


def run(dsn: str, **environment: str) -> float:
    """Seconds that the request and the message took, as the shop saw it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "storefront.settings.test",
            "DATABASE_URL": "postgres://127.0.0.1:1/unused",
            "REDIS_URL": settings.REDIS_URL,
            "RELEASE": "v1.2.3",
            "SENTRY_DSN": dsn,
            "SENTRY_ENVIRONMENT": "tests",
        }
        | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return float(done.stdout.splitlines()[-1])


def test_error_is_reported_without_what_the_visitor_sent(receiver):
    run(receiver.dsn)

    failed, logged = sorted(receiver.events(), key=lambda event: "logentry" in event)
    assert failed["release"] == "v1.2.3"
    assert failed["environment"] == "tests"
    assert failed["transaction"] == failed["tags"]["view"] == "fail"
    assert failed["tags"]["request_id"] == "request-0001"
    error = failed["exception"]["values"][-1]
    assert (error["type"], error["value"]) == ("ValueError", "wrong: …, …, …@…")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert logged["logentry"]["formatted"] == "to …@… failed"
    everything = "".join(receiver.bodies)
    for word in ("canary", "192.0.2.99", '"vars"'):
        assert word not in everything


@pytest.mark.parametrize("is_there", [True, False])
def test_hanging_or_absent_service_holds_nothing_up(receiver, is_there):
    receiver.delay = 20

    took = run(receiver.dsn if is_there else "http://key@127.0.0.1:1/7")

    assert took < 4  # of its time-out of 5 seconds


def test_nothing_is_reported_without_an_address(receiver):
    run("")

    assert receiver.bodies == []
