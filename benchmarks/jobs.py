"""The worker's pod and beat's: mails, small jobs, pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.accounts import clients_of_database, clients_of_redis, memory_mb
from benchmarks.pages import say
from benchmarks.shop import Shop
from tests.reliability.processes import Program
from tests.reliability.servers import wait_for

SMALL_JOBS = 400
PICTURES = 6
DRAIN_SECONDS = 180
MAIL_TASK = "checkout.order.tasks.order_mail_send"
SMALL_TASK = "foundation.core.tasks.sent_mails_forget"
"""One statement, so nearly all it costs is the outbox's own work."""
PICTURE_TASK = "foundation.media.tasks.renditions_make"


def waiting(shop: Shop, task: str) -> int:
    found = shop.database.execute(
        "SELECT count(*) FROM core_outboxentry WHERE task = %s", [task]
    ).fetchone()
    return found[0] if found else 0


def drained(
    shop: Shop, worker: Program, task: str, start: Callable[[], object]
) -> dict[str, Any]:
    """Begin, and wait until no job of this kind is left."""
    jobs = waiting(shop, task)
    before, began = shop.reading(worker), time.monotonic()
    start()
    wait_for(lambda: not waiting(shop, task), f"{task} is done", DRAIN_SECONDS)
    took = time.monotonic() - began
    used = shop.reading(worker) - before
    return {
        "jobs": jobs,
        "jobs_per_second": round(jobs / took, 1),
        "cpu_ms": round(used.program_cpu / jobs * 1000, 1),
        "database_cpu_ms": round(used.database_cpu / jobs * 1000, 1),
    }


def written(task: str, arguments: list[dict[str, Any]]) -> float:
    """Write jobs in one transaction and wake the workers; jobs a second."""
    from django.db import transaction

    from foundation.core.queueing import enqueue_on_commit

    began = time.monotonic()
    with transaction.atomic():
        for each in arguments:
            enqueue_on_commit(task, **each)
    return len(arguments) / (time.monotonic() - began)


def wake_up_bytes(shop: Shop) -> int:
    """What one waiting message takes up in Redis."""
    queues = [key for key in shop.cache.scan_iter() if shop.cache.type(key) == b"list"]
    size = sum(shop.cache.memory_usage(key, samples=0) or 0 for key in queues)
    return round(size / sum(shop.cache.llen(key) for key in queues))


@contextmanager
def most_connections(shop: Shop) -> Iterator[list[int]]:
    """The list's one number is the most connections to the database that were seen within the block."""
    most, end = [0], threading.Event()
    with shop.watcher() as watcher:

        def watch() -> None:
            while not end.wait(0.05):
                # One of them is the main thread's, which asks too.
                most[0] = max(most[0], clients_of_database(watcher) - 1)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield most
        finally:
            end.set()
            thread.join()


def jobs_measure(shop: Shop) -> dict[str, Any]:
    from django.db import connection

    from foundation.core.queueing import outbox_sweep
    from foundation.media.models import LibraryImage

    pictures = list(LibraryImage.objects.order_by("pk").values("pk")[:PICTURES])
    shop.database.execute(  # not by Django, which would delete the files as well
        "DELETE FROM media_libraryrendition WHERE image_id = ANY(%s)",
        [[each["pk"] for each in pictures]],
    )
    connection.close()  # this program's own would be counted
    shop.database.execute("DELETE FROM core_outboxentry WHERE task <> %s", [MAIL_TASK])
    shop.cache.flushall()  # wake-ups; the sweep below sends them anew
    found: dict[str, Any] = {}
    with shop.worker() as worker, most_connections(shop) as most:

        def sweep() -> None:
            outbox_sweep()
            connection.close()

        say("mails")
        found["order mail"] = drained(shop, worker, MAIL_TASK, sweep)
        work: list[tuple[str, str, list[dict[str, Any]]]] = [
            ("small job", SMALL_TASK, [{}] * SMALL_JOBS),
            ("picture", PICTURE_TASK, [{"image_id": each["pk"]} for each in pictures]),
        ]
        for name, task, arguments in work:
            say(f"{len(arguments)} × {name}")
            worker.pause()
            rate = written(task, arguments)
            connection.close()
            if task == SMALL_TASK:
                found["written_per_second"] = round(rate)
                found["wake_up_bytes"] = wake_up_bytes(shop)
            found[name] = drained(shop, worker, task, worker.resume)
        time.sleep(0.5)
        pod = {
            "processes": len(worker.children),
            "pod_mb": round(sum(map(memory_mb, [worker.pid, *worker.children]))),
            "database_connections": most[0],
            "redis_connections": clients_of_redis(shop.cache),
        }
    say("beat")
    connection.close()
    with shop.beat() as beat, most_connections(shop) as most:
        time.sleep(4)
        clock = {
            "pod_mb": round(memory_mb(beat.pid)),
            "database_connections": most[0],
            "redis_connections": clients_of_redis(shop.cache),
        }
    return {"jobs": found, "worker_pod": pod, "beat_pod": clock}
