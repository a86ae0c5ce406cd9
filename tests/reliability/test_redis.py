"""Redis is emptied, gone, hanging, new: nobody in the shop gets an error, and all work is done."""

from __future__ import annotations

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load

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


@pytest.mark.xfail(
    strict=False,
    reason="Known defect: after the third quick restart work is sometimes not taken up "
    "within 60 s (two runs of the last three). Nothing is lost: the rows wait.",
)
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
