"""The worker's side of the outbox: take an entry, run its task, write how it ended.

An entry is taken with a lease of 30 seconds that is renewed while the task runs; who
lost it (a worker that was frozen, cut off or killed) can't end the entry any more.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic, sleep
from typing import TypeVar
from uuid import uuid4

from celery import current_app
from celery.exceptions import NotRegistered, SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext

from foundation.core import tracing
from foundation.core.errors import PermanentError
from foundation.core.models import OutboxEntry, OutboxQuerySet
from foundation.core.signals import task_finished

logger = logging.getLogger(__name__)

RENEW_SECONDS = OutboxEntry.LEASE.total_seconds() / 3
PAUSE = timedelta(seconds=2)
"""Doubled with every attempt, to ``OutboxEntry.PAUSE_LIMIT``; with a quarter of jitter."""
PERSIST_SECONDS = 300
DATABASE_AWAY = (OperationalError, InterfaceError)
E_MAIL = re.compile(r"[^\s<>'\"(){},;:=]+@[^\s<>'\"(){},;:=]+")
ERROR_LENGTH = 2000
Result = TypeVar("Result")


class LeaseLost(Exception):  # noqa: N818 -- says what happened
    """This worker was away for so long that another one has taken its entry."""


@dataclass
class Run:
    """A task at work. ``write`` is committed with its end."""

    entry: OutboxEntry
    write: Callable[[], None] | None = None


_run_here: ContextVar[Run | None] = ContextVar("run_here", default=None)


@contextmanager
def task_ended_with(write: Callable[[], None]) -> Iterator[None]:
    """End the running task with the effect that the block has outside the database.

    The end and ``write`` are written before the effect and committed right after it:
    a worker that is killed in between repeats the effect, so nothing else may lie
    there. Meanwhile the entry is locked, and an error in the block takes its end back.
    Outside a task ``write`` is written after the block.

    Raises:
        LeaseLost: the entry is another worker's by now; the block is not entered.
    """
    run = _run_here.get()
    if run is None:
        yield
        with transaction.atomic():
            write()
        return
    try:
        with transaction.atomic():
            if not _end_well(Run(run.entry, write)):
                raise LeaseLost
            yield
            run.write = write
    except DATABASE_AWAY:
        if run.write is None:
            raise
        connection.close()  # the end is written again when the task returns


def outbox_take(queue: str) -> bool:
    """Run the next due entry of ``queue``, outside any transaction; False if there is none."""
    entry = _claim(OutboxEntry.objects.filter(queue=queue))
    if entry is not None:
        _run(entry)
    return entry is not None


def outbox_run(entry_id: int) -> bool:
    """Run this entry; True if it was due and its task succeeded."""
    entry = _claim(OutboxEntry.objects.filter(pk=entry_id))
    return entry is not None and _run(entry) == "succeeded"


def outbox_drain() -> int:
    """Run all that is due, and what that sets in motion; the number of runs."""
    runs = 0
    while entry := _claim(OutboxEntry.objects.all()):
        _run(entry)
        runs += 1
    return runs


# --- Taking -----------------------------------------------------------------------


def _claim(entries: OutboxQuerySet) -> OutboxEntry | None:
    """The next due entry of ``entries`` with a fresh lease; ``None`` if there is none.

    An entry whose lease ran out has lost its worker; after the last attempt it is
    given up: a task that kills its worker must not do so for ever.
    """
    same_in_work = OutboxEntry.objects.running().filter(key=OuterRef("key"))
    while True:
        with transaction.atomic():
            due = entries.due().filter(~Exists(same_in_work))
            entry = due.select_for_update(skip_locked=True).first()
            if entry is None:
                return None
            is_lost = entry.lease is not None
            is_last = entry.attempts >= OutboxEntry.MAX_ATTEMPTS
            if is_lost:
                entry.last_error = gettext("The worker stopped in the middle of it.")
                logger.error("Job %s lost its worker", entry.task, extra=_about(entry))
                _tell(entry, "lost", 0.0)
            if not (is_lost and is_last):
                _lease(entry)
                return entry
            _give_up(entry, entry.last_error)


def _lease(entry: OutboxEntry) -> None:
    """Make ``entry`` the caller's, and answer with it what waits for the same thing."""
    entry.lease = uuid4()
    entry.attempts += 1
    entry.available_at = Now() + OutboxEntry.LEASE
    entry.save(update_fields=["lease", "attempts", "available_at", "last_error"])
    if entry.key:
        same = OutboxEntry.objects.waiting().filter(key=entry.key).exclude(pk=entry.pk)
        locked = same.select_for_update(skip_locked=True).values_list("pk", flat=True)
        OutboxEntry.objects.filter(pk__in=list(locked)).delete()


@contextmanager
def _lease_renewed(entry: OutboxEntry) -> Iterator[None]:
    ended = Event()
    thread = Thread(target=_renew, args=(entry, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=1)


def _renew(entry: OutboxEntry, ended: Event) -> None:
    """Push the end of the lease on until ``ended``; on a connection of this thread."""
    pause = RENEW_SECONDS
    try:
        while not ended.wait(pause):
            try:
                kept = _mine(entry).update(available_at=Now() + OutboxEntry.LEASE)
            except DATABASE_AWAY:
                connection.close()
                pause = 1
                continue
            if not kept:
                logger.warning("Lease lost: %s", entry.task, extra=_about(entry))
                return
            pause = RENEW_SECONDS
    finally:
        connection.close()


def _mine(entry: OutboxEntry) -> OutboxQuerySet:
    return OutboxEntry.objects.filter(pk=entry.pk, lease=entry.lease)


# --- Running ----------------------------------------------------------------------


def _run(entry: OutboxEntry) -> str:
    """Run the task of a claimed entry and write how it ended: "succeeded", "retried" or "failed".

    "lost", which is not told: whoever has taken the entry meanwhile has told so.
    """
    began = monotonic()
    run = Run(entry)
    token = _run_here.set(run)
    try:
        with (
            tracing.request_id_bound(entry.request_id),
            tracing.task_bound(entry.task, entry.pk),
            _lease_renewed(entry),
        ):
            outcome = _attempt(run)
            if outcome != "lost":
                _tell(entry, outcome, monotonic() - began)
    finally:
        _run_here.reset(token)
    return outcome


def _attempt(run: Run) -> str:
    entry = run.entry
    try:
        current_app.tasks[entry.task](**entry.kwargs)
        _persist(partial(_end_well, run))
    except LeaseLost:
        logger.warning("Job %s is another worker's", entry.task, extra=_about(entry))
        return "lost"
    except Exception as error:  # the boundary of a task: recorded, retried, alerted
        logger.exception("Job %s failed", entry.task, extra=_about(entry))
        return _persist(partial(_end_badly, entry, error))
    except BaseException:  # the worker is told to stop: at once for another one
        _persist(lambda: _mine(entry).update(lease=None, available_at=Now()))
        raise
    return "succeeded"


def _persist(write: Callable[[], Result]) -> Result:
    """Run ``write`` in a transaction, again while the database is away."""
    give_up_at = monotonic() + PERSIST_SECONDS
    while True:
        try:
            with transaction.atomic():
                return write()
        except DATABASE_AWAY:
            if monotonic() > give_up_at:
                raise
            connection.close()
            sleep(0.2)


def _end_well(run: Run) -> bool:
    """False if it is done, by an earlier try of this or by another worker."""
    deleted, _ = _mine(run.entry).delete()
    if deleted and run.write:
        run.write()
    return bool(deleted)


def _end_badly(entry: OutboxEntry, error: Exception) -> str:
    words = _words(error)
    heals = not isinstance(error, PermanentError)
    if heals and entry.attempts < OutboxEntry.MAX_ATTEMPTS:
        pause = min(PAUSE * 2**entry.attempts, OutboxEntry.PAUSE_LIMIT)
        jitter = random.uniform(0.75, 1.25)  # noqa: S311 -- spreads load, protects nothing
        _mine(entry).update(
            lease=None, available_at=Now() + pause * jitter, last_error=words
        )
        return "retried"
    _give_up(entry, words)
    return "failed"


def _give_up(entry: OutboxEntry, words: str) -> None:
    """Put ``entry`` among the failed ones, in place of an earlier one of its key."""
    if entry.key:
        OutboxEntry.objects.failed().filter(key=entry.key).delete()
    _mine(entry).update(lease=None, last_error=words, failed_at=Now())


def _words(error: Exception) -> str:
    """What staff read about ``error``; without the addresses that mail servers like to repeat."""
    match error:
        case PermanentError():
            words = str(error)
        case NotRegistered():
            words = gettext("This worker does not know the task.")
        case SoftTimeLimitExceeded():
            words = gettext("It took too long and was stopped.")
        case _:
            words = f"{type(error).__name__}: {error}"
    return E_MAIL.sub("…@…", words)[:ERROR_LENGTH]


def _tell(entry: OutboxEntry, outcome: str, seconds: float) -> None:
    task_finished.send_robust(
        sender=OutboxEntry,
        task=entry.task,
        queue=entry.queue,
        outcome=outcome,
        seconds=seconds,
        attempts=entry.attempts,
    )


def _about(entry: OutboxEntry) -> dict[str, object]:
    """For the log."""
    return {"outbox": entry.pk, "attempts": entry.attempts}
