"""The metrics of requests, tasks and mails, and how an app counts its own.

An app's metrics stand in its own ``metrics.py`` (``docs/howto/add-a-metric.md``). Labels
come from closed sets. What happens in a transaction is counted by ``count_on_commit``.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from celery import current_app
from django.db import transaction
from prometheus_client import Counter, Histogram, disable_created_metrics

disable_created_metrics()  # when a series began: as many series again, which nobody asks for

STATEMENTS = Histogram(
    "storefront_db_statements_per_request",
    "SQL statements of a request.",
    ["view"],
    buckets=(0, 2, 5, 10, 15, 20, 30, 50, 100, 200),
)
TASK_SECONDS = Histogram(
    "storefront_task_seconds",
    "Seconds that a task ran, whatever its outcome.",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
TASK_RUNS = Counter(
    "storefront_task_runs_total",
    "Runs of tasks; retried: failed and due again, failed: for good, lost: its worker died.",
    ["task", "outcome"],
)
TASK_OUTCOMES = ("succeeded", "retried", "failed", "lost")
UNKNOWN_TASK = "<unknown task>"
MAILS = Counter("storefront_mails_total", "Mails by outcome.", ["kind", "outcome"])


def task_count(*, task: str, outcome: str, seconds: float) -> None:
    TASK_RUNS.labels(task=task_name(task), outcome=outcome).inc()
    if outcome != "lost":  # how long it ran died with its worker
        TASK_SECONDS.labels(task=task_name(task)).observe(seconds)


def task_name(task: str) -> str:
    """``task`` if this release has it: rows may hold the names of others."""
    return task if task in current_app.tasks else UNKNOWN_TASK


def tasks_announce() -> None:
    """Begin all series at 0: the first failure of a task is an increase, too."""
    for task in current_app.tasks:
        if not task.startswith("celery."):
            for outcome in TASK_OUTCOMES:
                TASK_RUNS.labels(task=task, outcome=outcome)


def count_on_commit(counter: Counter, amount: int | Decimal = 1) -> None:
    """Count once the transaction has committed; never if it is rolled back."""
    transaction.on_commit(partial(counter.inc, float(amount)), robust=True)
