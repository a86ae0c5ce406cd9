"""Clocks that jump while the shop works: its programs', and PostgreSQL's (libfaketime)."""

from __future__ import annotations

import time
from functools import partial

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.processes import WEB_THREADS, WEB_WORKERS, Shop
from tests.reliability.servers import Clock, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(
        Clock.library() is None, reason="no libfaketime: apt install faketime"
    ),
]
JUMPS = ("+1h", "-1h", "+1d", "-1d", "+0")
HOUR, DAY = 3600, 86_400
SECONDS_EACH = 8
LATE_SECONDS = 12
"""Of a schedule that runs every five seconds."""


def is_at(shop: Shop, away: int) -> bool:
    """Whether PostgreSQL's clock is so many seconds from ours."""
    clock = shop.sql("SELECT extract(epoch FROM clock_timestamp())::float")[0][0]
    return abs(clock - time.time() - away) < 60


def schedule_is_kept(shop: Shop) -> None:
    late = shop.sql(
        "SELECT extract(epoch FROM now() - last_run_at) FROM core_schedulerun "
        "WHERE name = 'scheduled-pages'"
    )[0][0]
    assert 0 <= late <= LATE_SECONDS


def test_programs_whose_clock_jumps_lose_and_double_nothing(make_shop, record_property):
    shop = make_shop(clock=True)
    before = Before.of(shop)

    # No form pages: they have nothing to do with the clock.
    with Load(shop, writers=0) as load:
        for jump in JUMPS:
            load.wait_for_orders(1)
            shop.clock.jump(jump)
            load.for_seconds(SECONDS_EACH)
            load.wait_for_orders(1)
            schedule_is_kept(shop)

    report = settle(shop, load.truth, before, "clock of web, worker and beat jumped")
    record_property("report", str(report))
    # libfaketime makes programs slow: on a busy machine some miss the time for an answer (503).
    assert set(load.truth.statuses()) <= {200, 302, 503}


def test_database_whose_clock_jumps_loses_and_doubles_nothing(
    make_shop, record_property
):
    shop = make_shop(database_clock=True)
    before = Before.of(shop)

    with Load(shop, writers=0) as load:
        for jump, away in (("+1d", DAY), ("+0", 0), ("-1h", -HOUR), ("+0", 0)):
            load.wait_for_orders(1)
            shop.database_clock.jump(jump)
            wait_for(partial(is_at, shop, away), "the clock has jumped", 5)
            load.for_seconds(SECONDS_EACH)
            load.wait_for_orders(1)

    report = settle(shop, load.truth, before, "clock of PostgreSQL jumped")
    record_property("report", str(report))
    # A statement or transaction under way when the clock jumps on may have outlived its limit.
    bad = [each.status for each in load.truth.answers if not each.is_good]
    assert set(bad) <= {503}
    assert len(bad) <= WEB_WORKERS * WEB_THREADS
