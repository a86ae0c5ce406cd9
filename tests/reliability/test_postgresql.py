"""PostgreSQL is gone or hangs for 8 seconds: a friendly 503, nothing hangs, nothing is lost."""

from __future__ import annotations

import time

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.servers import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

OUTAGE_SECONDS = 8
SLOWEST = 8.0
"""An answer of the database is waited for 5 seconds, a new connection 2; what else the page takes."""

RECOVERY_SECONDS = 1.0


def only_friendly_answers(load: Load) -> None:
    """What went wrong was said as 503 with a time to come back, and soon."""
    answers = load.truth.answers
    bad = [each for each in answers if each.status not in (200, 302, 503)]
    assert not bad, bad[:5]
    refused = [each for each in answers if each.status == 503]
    assert refused, "the outage was not noticed"
    assert {each.headers.get("retry-after") for each in refused} == {"5"}
    slow = [each for each in answers if each.seconds > SLOWEST]
    assert not slow, slow[:5]


@pytest.mark.parametrize("way", ["fast", "immediate", "hanging"])
def test_postgresql_away_for_8_s_is_answered_by_503_and_loses_nothing(
    shop, way, record_property
):
    before = Before.of(shop)

    with Load(shop) as load:
        load.wait_for_orders(2)
        if way == "hanging":
            shop.postgres.pause()
        else:
            shop.postgres.stop(way)
        load.for_seconds(OUTAGE_SECONDS)
        assert shop.get("/readyz/") == 503
        assert shop.get("/healthz/") == 200
        if way == "hanging":
            shop.postgres.resume()
        else:
            shop.postgres.run_again()
        back_at = time.monotonic()
        wait_for(lambda: shop.get("/basket/") == 200, "an answer", 10)
        recovered = time.monotonic() - back_at
        load.wait_for_orders(2)

    only_friendly_answers(load)
    report = settle(shop, load.truth, before, f"PostgreSQL {way} for 8 s")
    record_property("recovered", recovered)
    record_property("report", str(report))
    assert recovered <= RECOVERY_SECONDS
