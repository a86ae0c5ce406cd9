"""How the shop is: for machines that ask every second, and for people.

The checks run in threads of their own, within ``LIMIT_SECONDS`` all together, at most once
in ``FRESH_SECONDS`` in all processes of one web server: who comes first asks, the others tell
what was last known. A database that hangs therefore costs one thread and one connection.
Only the database and this release's migrations decide whether a pod is ready; without
cache, broker or storage it still sells. See ``docs/reference/health.md``.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import redis
from django.conf import settings
from django.core.files.storage import storages
from django.db import InterfaceError, OperationalError, connection

from foundation.core import broker
from foundation.observability import multiprocess
from foundation.observability.release import migrations_missing
from foundation.observability.state import Source

FRESH_SECONDS = 1.0
LIMIT_SECONDS = 1.5
TELL_SECONDS = 5.0  # how old an answer may be while another process asks anew
STORAGE_SECONDS = 30.0  # each question to an object store costs money

OK, DEGRADED, DOWN, MISSING = "ok", "degraded", "down", "missing"
Words = dict[str, str]
"""Name of a check → its word."""

logger = logging.getLogger(__name__)


# --- Checks -----------------------------------------------------------------------


def database_ask() -> Words:
    """One statement in a connection of its own."""
    try:
        missing = migrations_missing()
    except (OperationalError, InterfaceError):
        return {"database": DOWN}
    finally:
        connection.close()
    return {"database": OK, "migrations": MISSING if missing else OK}


def cache_client() -> redis.Redis:
    """A connection of its own, with the cache's time-outs; raises what the cache hides."""
    time_outs: Any = settings.REDIS_TIMEOUTS
    return redis.Redis.from_url(settings.REDIS_URL, **time_outs)


def cache_ask() -> Words:
    """A write, because a full or read-only Redis still answers."""
    with cache_client() as client:
        client.set("storefront:health", 1, ex=10)
    return {"cache": OK}


def broker_ask() -> Words:
    return {"broker": DEGRADED if broker.waiting_wake_ups() is None else OK}


def storage_ask() -> Words:
    """Both: everybody may read public files, so that a lost key shows at the private ones."""
    for alias in ("default", "private"):
        storages[alias].exists("health")
    return {"storage": OK}


class Check:
    """Asks in a thread. What fails or says nothing in time has the words of ``failure``.

    A good answer counts for ``seconds``.
    """

    def __init__(self, ask: Callable[[], Words], failure: Words, seconds: float = 0):
        self._ask, self._failure, self._seconds = ask, failure, seconds
        self._source: Source[str] = Source(self._safely)
        self._at = -seconds
        self._words = failure

    def _safely(self) -> Words:
        try:
            return self._ask()
        except Exception as error:  # whatever a client library raises is the answer
            logger.warning("%s: %s", ", ".join(self._failure), error)
            return self._failure

    def start(self) -> Callable[[float], Words]:
        """Begin to ask. The function returned waits so many seconds for the answer."""
        now = monotonic()
        if now - self._at < self._seconds:
            return lambda seconds: self._words
        answer = self._source.start()

        def finish(seconds: float) -> Words:
            self._words = answer(seconds) or self._failure
            if self._words != self._failure:
                self._at = now
            return self._words

        return finish


class PodHealth:
    """The words of all checks, shared by the processes of one web server."""

    def __init__(self) -> None:
        self._checks = [
            Check(database_ask, {"database": DOWN}),
            Check(cache_ask, {"cache": DEGRADED}),
            Check(broker_ask, {"broker": DEGRADED}),
            Check(storage_ask, {"storage": DEGRADED}, STORAGE_SECONDS),
        ]
        self._lock = Lock()
        self._kept: tuple[float, Words] = (-TELL_SECONDS, {})

    def words(self) -> Words:
        """At most ``TELL_SECONDS`` old; empty while nothing is known yet."""
        at, words = self._latest()
        if not 0 <= monotonic() - at < FRESH_SECONDS:
            with self._turn() as is_ours:
                if is_ours:
                    at, words = self._renewed()
        return words if 0 <= monotonic() - at < TELL_SECONDS else {}

    def _latest(self) -> tuple[float, Words]:
        if folder := multiprocess.folder():
            with suppress(OSError, ValueError):
                at, words = json.loads((folder / "health.json").read_text())
                return at, words
        return self._kept

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Whether it is this thread's turn to ask; one of all processes at a time."""
        if not self._lock.acquire(blocking=False):
            yield False
            return
        try:
            folder = multiprocess.folder()
            if folder is None:
                yield True
            else:
                with _locked(folder / "health.lock") as is_ours:
                    yield is_ours
        finally:
            self._lock.release()

    def _renewed(self) -> tuple[float, Words]:
        at, words = self._latest()
        if 0 <= monotonic() - at < FRESH_SECONDS:  # somebody was faster
            return at, words
        until = monotonic() + LIMIT_SECONDS
        answers = [check.start() for check in self._checks]
        words = {}
        for answer in answers:
            words |= answer(until - monotonic())
        self._kept = (monotonic(), words)
        if folder := multiprocess.folder():
            written = folder / f"health.{os.getpid()}"
            written.write_text(json.dumps(self._kept))
            written.replace(folder / "health.json")
        return self._kept


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether the file's lock is ours; it goes with the process."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


pod = PodHealth()


# --- What they add up to ----------------------------------------------------------


def is_draining() -> bool:
    """The pod is about to stop: its ``preStop`` hook has made this file."""
    return (Path(settings.RUN_DIR) / "draining").exists()


def readiness() -> tuple[int, str, Words]:
    """Status, one word and the words of the checks, for ``/readyz/``."""
    if is_draining():
        return 503, "draining", {}
    words = pod.words()
    if not words:
        return 503, "starting", {}
    if words["database"] != OK:
        return 503, "no database", words
    if words["migrations"] != OK:
        return 503, "migrations missing", words
    return 200, OK if set(words.values()) == {OK} else DEGRADED, words
