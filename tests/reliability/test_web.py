"""Web workers that are killed while people order."""

from __future__ import annotations

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

KILLS = 10


def test_killing_web_workers_in_the_middle_of_orders_loses_and_doubles_none(
    shop, record_property
):
    before = Before.of(shop)

    with Load(shop, shoppers=3) as load:
        for _ in range(KILLS):
            load.wait_for_orders(1)
            shop.web.kill_child()
            load.for_seconds(0.3)

    report = settle(shop, load.truth, before, f"{KILLS} web workers killed")
    record_property("report", str(report))
    assert not [each for each in load.truth.answers if each.status >= 500]
