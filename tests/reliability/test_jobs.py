"""Jobs that keep failing, and schedules with two beats."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.reliability.conftest import EDITOR, PASSWORD
from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.people import Browser, Editor
from tests.reliability.processes import Shop
from tests.reliability.servers import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

SCHEDULE, INTERVAL = "scheduled-pages", timedelta(seconds=5)
TICK = timedelta(seconds=1)
NOTE_RUNS = """
CREATE TABLE IF NOT EXISTS faults_runs (name text, at timestamptz DEFAULT clock_timestamp());
CREATE OR REPLACE FUNCTION faults_note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO faults_runs (name) VALUES (NEW.name); RETURN NEW; END';
CREATE OR REPLACE TRIGGER faults_note AFTER UPDATE ON core_schedulerun
    FOR EACH ROW EXECUTE FUNCTION faults_note();
"""


def test_job_that_keeps_failing_waits_for_staff_while_others_go_on(
    shop, record_property
):
    before = Before.of(shop)

    def failed() -> list[tuple[str]]:
        return shop.sql(
            "SELECT last_error FROM core_outboxentry WHERE id = %s AND failed_at IS NOT NULL",
            job,
        )

    with Load(shop) as load:
        job = shop.job("tests.faults.task_fail", attempts=11, name="wrong")
        wait_for(failed, "the job is given up")
        load.wait_for_orders(2)
    report = settle(shop, load.truth, before, "task that always fails")
    editor = Editor(Browser(shop.web_port, []), EDITOR, PASSWORD)
    words = editor.failed_jobs()
    (shop.folder / "wrong.healed").touch()
    assert editor.retry_job(job)
    wait_for(
        lambda: not shop.sql("SELECT 1 FROM core_outboxentry WHERE id = %s", job),
        "the job is done",
    )

    record_property("report", str(report))
    assert "The cause is still there." in words


# --- Schedules --------------------------------------------------------------------


def runs(shop: Shop) -> list[datetime]:
    """When the schedule was started, by whichever beat."""
    rows = shop.sql("SELECT at FROM faults_runs WHERE name = %s ORDER BY at", SCHEDULE)
    return [at for (at,) in rows]


def wait_for_runs(shop: Shop, count: int) -> list[datetime]:
    """So many more of them."""
    known = len(runs(shop))
    longest = (count + 2) * (INTERVAL + TICK * 2)
    wait_for(
        lambda: len(runs(shop)) >= known + count, "schedules", longest.total_seconds()
    )
    return runs(shop)[known:]


def test_two_beats_start_each_schedule_once_and_either_may_die(shop):
    shop.sql(NOTE_RUNS)
    first, second = shop.beats

    wait_for_runs(shop, 4)
    first.kill()
    wait_for_runs(shop, 2)
    second.kill()
    stopped_at = runs(shop)[-1]
    wait_for(
        lambda: shop.sql("SELECT now() - %s > %s", stopped_at, INTERVAL * 3)[0][0],
        "three runs are missed",
    )
    for beat in shop.beats:
        beat.start(wait=False)
    wait_for_runs(shop, 3)

    started = runs(shop)
    gaps = [later - earlier for earlier, later in pairwise(started)]
    assert min(gaps) >= INTERVAL - TICK, gaps
    assert sum(gap > INTERVAL * 3 for gap in gaps) == 1, gaps  # caught up once
