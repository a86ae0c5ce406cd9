"""The clock: Celery beat with its memory in PostgreSQL.

Every schedule has a row with its last run. Whoever moves that row on, by a conditional
update in the transaction that writes the outbox entry, has started the run: so two beats
are as good as one, and what an outage missed is caught up once. Times are the database's
own; a process whose clock is wrong does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from celery.beat import Scheduler
from celery.schedules import BaseSchedule
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from foundation.core import broker, queueing, tracing
from foundation.core.models import OutboxEntry, ScheduleRun

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
SWEEP_SECONDS = 5.0
BEAT = "beat"
"""Name of the row that tells that a beat lives, at most ``SWEEP_SECONDS`` old."""
IMPLAUSIBLE = timedelta(minutes=1)
"""A last run this far in the future was noted by a clock that was wrong: it is due."""


class DatabaseScheduler(Scheduler):
    """Runs ``storefront/schedules.py`` and the sweep of the outbox."""

    def __init__(self, *args: Any, **kwargs: Any):
        self._swept_at = -SWEEP_SECONDS
        self._is_cut_off = False
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self) -> float:
        with self._database():
            self._fire_due()
            if monotonic() - self._swept_at >= SWEEP_SECONDS:
                self._swept_at = monotonic()
                ScheduleRun.objects.filter(name=BEAT).update(last_run_at=Now())
                queueing.outbox_sweep()
        return TICK_SECONDS

    def close(self) -> None:
        connection.close()

    @property
    def info(self) -> str:
        return "    . db -> core_schedulerun"

    @contextmanager
    def _database(self) -> Iterator[None]:
        """While the database is away the next tick tries again; said once."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if not self._is_cut_off:
                logger.warning("Schedules wait for the database: %s", error)
            self._is_cut_off = True
        else:
            self._is_cut_off = False

    def _fire_due(self) -> None:
        now, last_runs = _last_runs()
        if missing := {BEAT, *self.schedule} - last_runs.keys():
            ScheduleRun.objects.bulk_create(
                [ScheduleRun(name=name, last_run_at=Now()) for name in missing],
                ignore_conflicts=True,
            )
        for name, entry in self.schedule.items():
            last = last_runs.get(name)
            if last and _is_due(
                entry.schedule, last, now.astimezone(self.app.timezone)
            ):
                schedule_fire(name=name, task=entry.task, last_run_at=last)


def schedule_fire(*, name: str, task: str, last_run_at: datetime) -> bool:
    """Have ``task`` run for the schedule ``name``, whose last run was seen to be ``last_run_at``.

    False if another beat was faster. Waits for no lock: a beat or worker that was frozen
    with one would hold up all schedules. A run that waits (for its next attempt) becomes
    due instead of a second one, and beside a run in work none is started.
    """
    with transaction.atomic(), tracing.request_id_bound(uuid4().hex):
        seen = ScheduleRun.objects.filter(name=name, last_run_at=last_run_at)
        if not seen.select_for_update(skip_locked=True).first():
            return False
        seen.update(last_run_at=Now())
        key, queue = f"schedule:{name}", queueing.queue_of(task)
        same = OutboxEntry.objects.filter(key=key, failed_at=None)
        waiting = same.waiting().select_for_update(skip_locked=True)
        if found := list(waiting.values_list("pk", flat=True)):
            same.filter(pk__in=found).update(available_at=Now())
            transaction.on_commit(lambda: broker.wake(queue))
        elif not same.exists():
            queueing.entry_write(task=task, kwargs={}, queue=queue, key=key)
        return True


def _last_runs() -> tuple[datetime, dict[str, datetime]]:
    """The database's time, and the last run of every schedule by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now = cursor.fetchone()[0]
    return now, dict(ScheduleRun.objects.values_list("name", "last_run_at"))


def _is_due(schedule: BaseSchedule, last_run_at: datetime, now: datetime) -> bool:
    if last_run_at > now + IMPLAUSIBLE:
        return True
    schedule.nowfun = lambda: now
    return schedule.is_due(last_run_at.astimezone(now.tzinfo)).is_due
