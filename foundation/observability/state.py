"""State of the shop, read from database and broker when it is asked for.

An app adds a gauge by ``@state_gauge`` in its ``metrics.py``. Every web pod gives the same
values, so rules take their ``max``. They are read at most every ``FRESH_SECONDS`` by all
processes of a pod together, and within ``LIMIT_SECONDS``: a database that hangs costs a
scrape no more than that, and then ``storefront_state_up`` is 0 and the rest is absent.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

from celery import current_app
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from psycopg.errors import QueryCanceled

from foundation.core import broker
from foundation.observability import multiprocess

FRESH_SECONDS = 10.0
LIMIT_SECONDS = 1.0
STATEMENT_MILLISECONDS = 500
PING_SECONDS = 0.4

UP, WORKERS = "storefront_state_up", "storefront_workers"
MESSAGES = "storefront_queue_messages"
OWN_GAUGES: list[tuple[str, str, tuple[str, ...]]] = [
    (UP, "1 if the database could be read, else 0.", ()),
    (WORKERS, "Celery workers that answered; 0 without the broker.", ()),
    (MESSAGES, "Wake-ups in the broker that no worker has taken yet.", ("queue",)),
]

Values = Mapping[tuple[str, ...], float]
"""Values of the labels, in their order → value; ``()`` where a gauge has none."""
Snapshot = dict[str, list[tuple[list[str], float]]]
Value = TypeVar("Value")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StateGauge:
    name: str
    meaning: str
    labels: tuple[str, ...]
    read: Callable[[], Values]


gauges: dict[str, StateGauge] = {}


def state_gauge(
    name: str,
    meaning: str,
    *labels: str,
) -> Callable[[Callable[[], Values]], Callable[[], Values]]:
    """Make a function that asks the database (one cheap statement) the reader of a gauge."""

    def register(read: Callable[[], Values]) -> Callable[[], Values]:
        gauges[name] = StateGauge(name, meaning, labels, read)
        return read

    return register


class Source(Generic[Value]):
    """Asks ``ask`` in a thread, within ``LIMIT_SECONDS``; never again while an earlier call hangs."""

    def __init__(self, ask: Callable[[], dict[str, Value]]):
        self._ask = ask
        self._thread: Thread | None = None
        self._lock = Lock()

    def start(self) -> Callable[[float], dict[str, Value]]:
        """Begin to ask. The function returned waits so many seconds for the answer, else gives nothing."""
        answers: list[dict[str, Value]] = []
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return lambda seconds: {}
            thread = Thread(target=self._run, args=(answers,), daemon=True)
            self._thread = thread
            thread.start()

        def answer(seconds: float) -> dict[str, Value]:
            thread.join(max(0.0, seconds))
            return answers[0] if answers else {}

        return answer

    def _run(self, answers: list[dict[str, Value]]) -> None:
        try:
            answers.append(self._ask())
        except Exception as error:  # the boundary of a thread
            logger.warning("The state can't be read: %s", error)


def database_ask() -> Snapshot:
    """What all gauges say and ``storefront_state_up``; nothing if the database is away.

    A gauge that fails or takes too long is left out, and said in the log.
    """
    snapshot: Snapshot = {}
    try:
        for gauge in gauges.values():
            try:
                snapshot[gauge.name] = _read(gauge)
            except OperationalError as error:
                if not isinstance(error.__cause__, QueryCanceled):
                    raise
                logger.warning("%s took too long", gauge.name)
            except DatabaseError as error:
                logger.warning("%s can't be read: %s", gauge.name, error)
    except (OperationalError, InterfaceError) as error:
        logger.warning("The state can't be read: %s", error)
        return {}
    finally:
        connection.close()
    return snapshot | {UP: [([], 1.0)]}


def _read(gauge: StateGauge) -> list[tuple[list[str], float]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_MILLISECONDS}")
        return [(list(labels), value) for labels, value in gauge.read().items()]


def broker_ask() -> Snapshot:
    """Messages by queue and the number of workers; only that there is none if the broker is away."""
    waiting = broker.waiting_wake_ups()
    if waiting is None:
        return {WORKERS: [([], 0.0)]}
    workers = current_app.control.ping(timeout=PING_SECONDS)
    return {
        MESSAGES: [([queue], float(count)) for queue, count in waiting.items()],
        WORKERS: [([], float(len(workers)))],
    }


class StateCollector(Collector):
    """What database and broker say now, or said a moment ago."""

    def __init__(self) -> None:
        self._database = Source(database_ask)
        self._broker = Source(broker_ask)
        self._kept: tuple[float, Snapshot] = (-FRESH_SECONDS, {})

    def collect(self) -> Iterator[Metric]:
        cached = self._cached()
        snapshot: Snapshot = {UP: [([], 0.0)], WORKERS: [([], 0.0)]}
        snapshot |= self._renewed() if cached is None else cached
        for name, meaning, labels in [
            *OWN_GAUGES,
            *((each.name, each.meaning, each.labels) for each in gauges.values()),
        ]:
            if name in snapshot:
                family = GaugeMetricFamily(name, meaning, labels=labels)
                for values, number in snapshot[name]:
                    family.add_metric(values, number)
                yield family

    def _cached(self) -> Snapshot | None:
        """What any process of this pod has read in the last ten seconds."""
        at, snapshot = self._kept
        if folder := multiprocess.folder():
            with suppress(OSError, ValueError):
                at, snapshot = json.loads((folder / "state.json").read_text())
        return snapshot if 0 <= monotonic() - at < FRESH_SECONDS else None

    def _renewed(self) -> Snapshot:
        at = monotonic()
        answers = [source.start() for source in (self._database, self._broker)]
        snapshot: Snapshot = {}
        for answer in answers:
            snapshot |= answer(at + LIMIT_SECONDS - monotonic())
        self._kept = (at, snapshot)
        if folder := multiprocess.folder():
            written = folder / f"state.{os.getpid()}"
            written.write_text(json.dumps(self._kept))
            written.replace(folder / "state.json")
        return snapshot
