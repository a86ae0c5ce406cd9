"""How the shop tells how it is: logs, metrics, errors."""

import tempfile
from pathlib import Path
from typing import Any

from storefront.settings.env import env, one_of, optional_url, port, share

RELEASE = env.str("RELEASE", default="development")

# --- Where the processes of one container meet ------------------------------------

RUN_DIR = Path(
    env.str("RUN_DIR", default=str(Path(tempfile.gettempdir()) / "storefront-run"))
)
LISTEN = env.list("LISTEN", default=["0.0.0.0"])  # noqa: S104  # a container's own address

# A web server restarts if a request runs longer: no proxy waits so long for any (docs/reference/health.md).
STUCK_REQUEST_SECONDS = 300

# --- Metrics ------------------------------------------------------------------------

METRICS_PORT = port("METRICS_PORT", default=0)  # 0: no metrics
PROMETHEUS_LATENCY_BUCKETS = (
    *(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0),
    float("inf"),
)

# --- Error reports ------------------------------------------------------------------

SENTRY_DSN = optional_url("SENTRY_DSN")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
SENTRY_SAMPLE_RATE = share("SENTRY_SAMPLE_RATE", default=1.0)

# --- Logs ---------------------------------------------------------------------------

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "foundation.observability.logs.LineFormatter"},
        "json": {"()": "foundation.observability.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"level": "INFO"},  # without Django's own handlers
        # Said by the line of the request: page not found, forbidden, unknown host.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # One line for each index update and page edit: the audit log has them.
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        # Two lines for each wake-up: the line of the job says it.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "gunicorn.error": {"propagate": True},
    },
    "root": {
        "handlers": ["console"],
        "level": one_of("LOG_LEVEL", LOG_LEVELS, default="INFO"),
    },
}
