"""Work that must not be lost: a row first, then the broker.

``enqueue_on_commit`` writes an ``OutboxEntry`` in the caller's transaction. After
the commit a message tells a worker to run it. The message may be lost, late or
doubled: the sweeper (``foundation.core.tasks.outbox_sweep``) sends again what is
due, a lease keeps two workers from running one entry at the same time, and tasks are
idempotent. See ``docs/adr/0004-outbox.md``.
"""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from foundation.core.models import OutboxEntry

logger = logging.getLogger(__name__)

RUN_TASK = "foundation.core.tasks.outbox_run"
SWEEP_BATCH = 500
BACKOFF_BASE = timedelta(seconds=5)
BACKOFF_LIMIT = timedelta(hours=1)


def enqueue_on_commit(task: str, **kwargs: Any) -> OutboxEntry:
    """Run the Celery task named ``task`` once after the current transaction commits.

    ``kwargs`` are ids and plain JSON values, never objects.
    """
    entry = OutboxEntry.objects.create(task=task, kwargs=kwargs)
    transaction.on_commit(lambda: _notify([entry.pk]))
    return entry


def outbox_sweep() -> int:
    """Send every due entry to the broker again, oldest first; the number sent.

    Without a broker nothing happens: the rows wait.
    """
    due = list(OutboxEntry.objects.due().values_list("pk", flat=True)[:SWEEP_BATCH])
    return len(due) if _notify(due) else 0


def outbox_run(entry_id: int) -> bool:
    """Take one entry and run its task here, outside any transaction.

    True if the task ran and succeeded; False if the entry is gone, in work
    elsewhere or not due, or if the task failed (it is then due again after a
    backoff, or failed for good after ``OutboxEntry.MAX_ATTEMPTS``).
    """
    now = timezone.now()
    taken = (
        OutboxEntry.objects.due()
        .filter(pk=entry_id)
        .update(available_at=now + OutboxEntry.LEASE, attempts=models.F("attempts") + 1)
    )
    if not taken:
        return False
    entry = OutboxEntry.objects.get(pk=entry_id)
    try:
        current_app.tasks[entry.task](**entry.kwargs)
    except Exception as error:  # the boundary of a task: recorded, retried, alerted
        _record_failure(entry, error)
        return False
    entry.delete()
    return True


def _notify(entry_ids: list[int]) -> bool:
    try:
        for entry_id in entry_ids:
            current_app.send_task(RUN_TASK, args=[entry_id], retry=False)
    except (OperationalError, OSError):
        logger.warning(
            "The broker can't be reached; outbox entries wait for the sweeper."
        )
        return False
    return True


def _record_failure(entry: OutboxEntry, error: Exception) -> None:
    logger.exception("Outbox task %s failed", entry.task, extra={"outbox": entry.pk})
    now = timezone.now()
    entry.last_error = f"{type(error).__name__}: {error}"[:2000]
    entry.available_at = now + min(BACKOFF_BASE * 2**entry.attempts, BACKOFF_LIMIT)
    if entry.attempts >= OutboxEntry.MAX_ATTEMPTS:
        entry.failed_at = now
    entry.save(update_fields=["last_error", "available_at", "failed_at"])
