"""Errors, reported to a Sentry-compatible service, where ``SENTRY_DSN`` names one.

Sent from a thread of its own, with a queue and a time-out: a service that hangs or is
away never holds up a request. An event is made anew from what is known to be harmless: the exceptions
with their stacks, the message, release, view, request id. No body, cookie, header,
address, user, breadcrumb or local variable leaves the shop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from foundation.core import tracing
from foundation.observability.scrubbing import request_in_work, scrub

if TYPE_CHECKING:
    from sentry_sdk.types import Event

TIMEOUT = 5  # seconds for one report
END_SECONDS = 2  # that the end of a process waits for reports
QUEUE = 50  # reports that wait; further ones are dropped
KEPT = (
    *("event_id", "timestamp", "platform", "level", "logger", "server_name"),
    *("release", "environment", "sdk", "fingerprint"),
)


def error_reports_start() -> None:
    """Begin to report, where ``SENTRY_DSN`` says to whom.

    Raises:
        ImproperlyConfigured: the package is missing; production has it.
    """
    if not settings.SENTRY_DSN:
        return
    try:
        import sentry_sdk
        from sentry_sdk.integrations.argv import ArgvIntegration
        from sentry_sdk.integrations.celery import CeleryIntegration
        from sentry_sdk.integrations.django import DjangoIntegration
        from sentry_sdk.transport import HttpTransport
    except ImportError as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN is set, but sentry-sdk is missing: install requirements/production.txt."
        ) from error

    class Transport(HttpTransport):
        TIMEOUT = TIMEOUT

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.RELEASE,
        sample_rate=settings.SENTRY_SAMPLE_RATE,
        before_send=event_scrubbed,
        integrations=[
            DjangoIntegration(signals_spans=False),
            CeleryIntegration(propagate_traces=False),
        ],
        auto_enabling_integrations=False,
        disabled_integrations=[ArgvIntegration],
        transport=Transport,
        transport_queue_size=QUEUE,
        shutdown_timeout=END_SECONDS,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        propagate_traces=False,
    )


def event_scrubbed(event: Event, hint: dict[str, Any]) -> Event:
    """A new event with what may leave the shop of ``event``."""
    given: dict[str, Any] = {**event}
    sent: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    sent["tags"] = {"request_id": tracing.current_request_id(), **_where()}
    if view := sent["tags"].get("view"):
        sent["transaction"] = view
    if said := given.get("logentry"):
        sent["logentry"] = {"formatted": scrub(_formatted(said))}
    if "exception" in given:
        sent["exception"] = {
            "values": [_exception(each) for each in given["exception"]["values"]]
        }
    return cast("Event", sent)


def _where() -> dict[str, str]:
    task = {name: str(value) for name, value in tracing.current_task().items()}
    request = request_in_work()
    match = request.resolver_match if request is not None else None
    return task | ({"view": match.view_name} if match else {})


def _formatted(logentry: dict[str, Any]) -> str:
    return str(logentry.get("formatted") or logentry.get("message") or "")


def _exception(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", [])
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "value": scrub(str(exception.get("value") or "")),
        "mechanism": {
            "type": "generic",
            "handled": (exception.get("mechanism") or {}).get("handled"),
        },
        "stacktrace": {
            "frames": [
                {name: value for name, value in frame.items() if name != "vars"}
                for frame in frames
            ]
        },
    }
