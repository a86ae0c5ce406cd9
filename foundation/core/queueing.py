"""Work that must not be lost: a row first, then the broker.

``enqueue_on_commit`` writes an ``OutboxEntry`` in the caller's transaction; after the
commit a wake-up (``foundation.core.broker``) tells a worker to take the next entry of the
queue that is due. The sweeper sends wake-ups again where entries are due. See
``docs/algorithms/queueing.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now

from foundation.core import broker, tracing
from foundation.core.execution import (
    outbox_drain,
    outbox_run,
    outbox_take,
    task_ended_with,
)
from foundation.core.models import OutboxEntry

__all__ = [
    "enqueue_on_commit",
    "entry_discard",
    "entry_retry",
    "entry_write",
    "outbox_drain",
    "outbox_run",
    "outbox_sweep",
    "outbox_take",
    "queue_of",
    "queue_states",
    "task_ended_with",
]

SWEEP_LIMIT = 1000
"""Wake-ups that one sweep sends to one queue at most."""


def enqueue_on_commit(task: str, **kwargs: Any) -> OutboxEntry:
    """Run the Celery task named ``task`` once after the current transaction commits.

    ``kwargs`` are ids and plain JSON values, never objects. The queue is the one of
    ``JOB_ROUTES``.
    """
    return entry_write(task=task, kwargs=kwargs, queue=queue_of(task))


def entry_write(
    *,
    task: str,
    kwargs: dict[str, Any],
    queue: str,
    key: str | None = None,
    delay: timedelta = timedelta(),
) -> OutboxEntry:
    """Write an entry and wake a worker after the commit.

    With a ``delay``, at most ``OutboxEntry.PAUSE_LIMIT``, the entry is due that much
    later. ``key`` is for work whose outcome depends on nothing but the state of the database
    when it runs: of entries with the same key one run answers all.
    """
    entry = OutboxEntry.objects.create(
        queue=queue,
        task=task,
        kwargs=kwargs,
        key=key,
        available_at=Now() + delay,
        request_id=tracing.current_request_id(),
    )
    transaction.on_commit(lambda: broker.wake(queue))
    return entry


def queue_of(task: str) -> str:
    """The queue that Celery's own routing (``task_routes``) gives the task named ``task``."""
    return current_app.amqp.router.route({}, task)["queue"].name


def outbox_sweep() -> int:
    """Send the wake-ups that are missing for what is due; their number.

    Without a broker nothing happens: the rows wait.
    """
    due = dict(
        OutboxEntry.objects.due()
        .order_by("queue")
        .values_list("queue")
        .annotate(Count("pk"))
    )
    present = broker.waiting_wake_ups() if due else None
    if present is None:
        return 0
    sent = 0
    for queue in settings.JOB_QUEUES:
        missing = min(due.get(queue, 0) - present[queue], SWEEP_LIMIT)
        if missing > 0 and broker.wake(queue, missing):
            sent += missing
    return sent


# --- Failed jobs --------------------------------------------------------------------


def entry_retry(*, entry: OutboxEntry) -> bool:
    """Have a failed entry tried again as if it were new; False if it is not failed any more."""
    retried = (
        OutboxEntry.objects.failed()
        .filter(pk=entry.pk)
        .update(failed_at=None, attempts=0, available_at=Now())
    )
    if retried:
        transaction.on_commit(lambda: broker.wake(entry.queue))
    return bool(retried)


def entry_discard(*, entry: OutboxEntry) -> bool:
    """Delete a failed entry, whose work is then never done; False if it is not failed any more."""
    return bool(OutboxEntry.objects.failed().filter(pk=entry.pk).delete()[0])


@dataclass(frozen=True)
class QueueState:
    queue: str
    waiting: int
    running: int
    failed: int


def queue_states() -> list[QueueState]:
    """How many entries each queue has, the most urgent queue first; three queries."""
    entries = OutboxEntry.objects.order_by()
    waiting, running, failed = (
        dict(state.values_list("queue").annotate(Count("pk")))
        for state in (entries.waiting(), entries.running(), entries.failed())
    )
    return [
        QueueState(
            queue=name,
            waiting=waiting.get(name, 0),
            running=running.get(name, 0),
            failed=failed.get(name, 0),
        )
        for name in settings.JOB_QUEUES
    ]
