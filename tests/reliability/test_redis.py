"""Redis is emptied, gone, hanging, new: nobody in the shop gets an error, and all work is done."""

from __future__ import annotations

import pytest

from tests.reliability.invariants import DRAIN_SECONDS, Before, ended, settle
from tests.reliability.load import Load
from tests.reliability.servers import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

OUTAGE_SECONDS = 30
SLOWEST = 5.0
"""Seconds that an answer may take while Redis is away; the machine is busy with all the rest."""


def nobody_noticed(load: Load) -> None:
    """Neither visitors nor staff."""
    bad = [each for each in load.truth.answers if not each.is_good]
    assert not bad, bad[:5]
    slow = [each for each in load.truth.answers if each.seconds > SLOWEST]
    assert not slow, slow[:5]


def test_emptying_redis_again_and_again_loses_nothing(shop, record_property):
    before = Before.of(shop)

    with Load(shop) as load:
        for _ in range(20):
            load.for_seconds(0.5)
            shop.redis.flush()

    nobody_noticed(load)
    report = settle(shop, load.truth, before, "Redis emptied 20 times")
    record_property("report", str(report))
    assert report.orders


@pytest.mark.parametrize("way", ["stopped", "hanging"])
def test_redis_away_for_30_s_gives_no_error_and_loses_nothing(
    shop, way, record_property
):
    before = Before.of(shop)

    with Load(shop) as load:
        load.wait_for_orders(1)
        if way == "stopped":
            shop.redis.stop()
        else:
            shop.redis.pause()
        ordered = len(load.truth.confirmed)
        load.for_seconds(OUTAGE_SECONDS)
        assert len(load.truth.confirmed) > ordered
        assert shop.get("/readyz/") == 200
        if way == "stopped":
            shop.redis.run_again()
        else:
            shop.redis.resume()
        load.wait_for_orders(1)

    nobody_noticed(load)
    report = settle(shop, load.truth, before, f"Redis {way} for 30 s")
    record_property("report", str(report))


def test_redis_that_comes_back_empty_at_once_loses_nothing(shop, record_property):
    before = Before.of(shop)

    with Load(shop) as load:
        for _ in range(3):
            load.wait_for_orders(1)
            shop.redis.stop()
            shop.redis.run_again()
        load.wait_for_orders(1)

    nobody_noticed(load)
    report = settle(shop, load.truth, before, "Redis restarted three times")
    record_property("report", str(report))


def test_worker_outlives_a_redis_that_goes_while_it_is_busy(shop):
    """It has messages to acknowledge then, and waits for more."""
    for number in range(3):
        job = shop.job("tests.faults.task_wait", name=f"busy{number}", seconds=4)
        wait_for((shop.folder / f"busy{number}.begun").exists, "the job has begun", 15)
        shop.redis.stop()
        shop.redis.run_again()
        wait_for(
            lambda job=job: (
                not shop.sql("SELECT 1 FROM core_outboxentry WHERE id = %s", job)
            ),
            "the job is done",
            DRAIN_SECONDS,
        )

        assert not list(ended(shop))
        runs = (shop.folder / f"busy{number}.begun").read_text().splitlines()
        assert len(runs) == 1
