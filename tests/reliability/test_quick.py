"""A little of every fault in one run of half a minute; the full counts are in the other files."""

from __future__ import annotations

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.processes import Shop
from tests.reliability.test_harness import processes_of

pytestmark = pytest.mark.xdist_group("faults")

SHORT_LEASE = {"FAULTS_LEASE_SECONDS": "4"}


def test_shop_survives_a_little_of_every_fault(prepared, record_property):
    with Shop(prepared, extra=SHORT_LEASE) as shop:
        before = Before.of(shop)
        with Load(shop) as load:
            load.wait_for_orders(1)
            shop.worker.kill_child()
            shop.redis.flush()
            shop.redis.stop()
            load.for_seconds(2)
            shop.redis.run_again()
            shop.beat.kill()
            shop.worker.kill()
            shop.worker.start(wait=False)
            shop.beat.start(wait=False)
            refused = sum(each.status >= 500 for each in load.truth.answers)
            shop.postgres.stop("immediate")
            load.for_seconds(1)
            shop.postgres.run_again()
            shop.web.kill_child()
            load.wait_for_orders(1)
        report = settle(shop, load.truth, before, "a little of everything")

    record_property("report", str(report))
    assert not refused
    assert {0, 200, 302, 503} >= set(load.truth.statuses())
    assert not processes_of(shop)
