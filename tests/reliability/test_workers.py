"""Workers that are killed, frozen and told to stop, and jobs that do harm."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from itertools import cycle

import psycopg
import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.processes import Program, Shop
from tests.reliability.servers import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

KINDS = (
    "checkout.order.tasks.order_mail_send",
    "checkout.customer.tasks.account_mail_send",
    "cms_pages.tasks.form_answer_mail",
    "foundation.media.tasks.renditions_make",
    "foundation.core.tasks.django_task_run",
)
KILLS = int(os.environ.get("KILLS", "40"))
"""Each kind of job is met by each way of dying; ask for 100 where time is no matter."""
LEASE_SECONDS = 30
IN_WORK = """
SELECT 1 FROM core_outboxentry
 WHERE task = %s AND lease IS NOT NULL AND failed_at IS NULL
   AND available_at > clock_timestamp() + interval '29 seconds'
"""
LOST = re.compile(r"Job (\S+) lost its worker")


def wait_for_work(shop: Shop, task: str, seconds: float = 10) -> bool:
    """Until a worker has just taken a job of this kind; False if none comes."""
    with psycopg.connect(shop.postgres.url, autocommit=True) as connection:
        try:
            wait_for(
                lambda: connection.execute(IN_WORK, [task]).fetchone(), task, seconds
            )
        except AssertionError:
            return False
    return True


def lost_jobs(shop: Shop) -> Counter[str]:
    """Jobs by task whose worker died in the middle, as the workers that found them say."""
    return Counter(
        found[1] for line in shop.log_lines("worker") if (found := LOST.search(line))
    )


def test_no_work_is_lost_or_doubled_when_workers_are_killed_again_and_again(
    shop, record_property
):
    before, lost = Before.of(shop), lost_jobs(shop)
    child = Program.kill_child
    ways = cycle([Program.kill, child, child, Program.kill_parent, child, child])
    kinds = Counter()
    shop.mail.delay = 0.2

    with Load(shop, writers=2) as load:
        for number, way in zip(range(KILLS), ways, strict=False):
            worker = shop.workers[number % 2]
            worker.wait_ready()
            kind = KINDS[number % len(KINDS)]
            kinds[kind] += wait_for_work(shop, kind)
            way(worker)
            if not worker.is_running:
                worker.start(wait=False)
    shop.mail.delay = 0
    report = settle(shop, load.truth, before, f"{KILLS} kills of workers")

    interrupted = lost_jobs(shop) - lost
    record_property("kills", dict(kinds))
    record_property("interrupted", dict(interrupted))
    record_property("report", str(report))
    assert all(kinds[kind] >= KILLS / len(KINDS) / 2 for kind in KINDS), kinds
    assert interrupted.total() >= KILLS / 10, interrupted


def test_worker_that_was_frozen_past_its_lease_undoes_and_doubles_nothing(
    shop, record_property
):
    before = Before.of(shop)
    frozen = random.choice(shop.workers)

    with Load(shop) as load:
        load.wait_for_orders(2)
        wait_for_work(shop, KINDS[0])
        frozen.pause()
        load.for_seconds(LEASE_SECONDS + 5)
        frozen.resume()
        load.wait_for_orders(2)

    report = settle(shop, load.truth, before, "worker frozen for 35 s")
    record_property("report", str(report))


def test_worker_that_is_told_to_stop_under_load_loses_nothing(shop, record_property):
    before = Before.of(shop)

    with Load(shop) as load:
        for worker in shop.workers:
            load.wait_for_orders(2)
            worker.stop()
            worker.start()

    report = settle(shop, load.truth, before, "workers restarted")
    record_property("report", str(report))


def test_task_that_kills_its_worker_is_given_up_and_others_go_on(shop, record_property):
    before = Before.of(shop)

    with Load(shop) as load:
        job = shop.job("tests.faults.task_kill", attempts=10, name="poison")
        load.wait_for_orders(2)
        wait_for(
            lambda: shop.sql(
                "SELECT 1 FROM core_outboxentry WHERE id = %s AND failed_at IS NOT NULL",
                job,
            ),
            "the job is given up",
            3 * LEASE_SECONDS,
        )

    runs = (shop.folder / "poison.runs").read_text().split()
    report = settle(shop, load.truth, before, "task that kills its worker")
    shop.sql("DELETE FROM core_outboxentry WHERE id = %s", job)
    record_property("report", str(report))
    assert len(runs) == 2  # the eleventh and the twelfth time
