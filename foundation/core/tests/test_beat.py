from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from celery.schedules import crontab
from django.db import connection
from django.db.models.functions import Now

from foundation.core import beat
from foundation.core.beat import BEAT, DatabaseScheduler
from foundation.core.models import OutboxEntry, ScheduleRun

NOTE = "tests.schedule"


@pytest.fixture
def scheduler():
    """A beat with one schedule, due every ten seconds; as of a process that just started."""
    before = current_app.conf.beat_schedule

    def make(**schedules):
        ten = {"task": NOTE, "schedule": timedelta(seconds=10)}
        current_app.conf.beat_schedule = schedules or {"ten": ten}
        return DatabaseScheduler(current_app._get_current_object())

    yield make
    current_app.conf.beat_schedule = before


def ago(name: str = "ten", **age) -> None:
    """Pretend that the last run of the schedule was so long ago."""
    ScheduleRun.objects.filter(name=name).update(last_run_at=Now() - timedelta(**age))


def runs() -> int:
    return OutboxEntry.objects.filter(task=NOTE).count()


@pytest.mark.django_db
def test_new_schedule_starts_after_its_interval(scheduler):
    beat_process = scheduler()

    beat_process.tick()
    beat_process.tick()

    assert runs() == 0
    ago(seconds=10)
    beat_process.tick()
    assert runs() == 1


@pytest.mark.django_db
def test_missed_runs_are_caught_up_once(scheduler):
    scheduler().tick()
    ago(days=3)

    for _ in range(3):
        scheduler().tick()

    assert runs() == 1


def test_time_of_day_is_meant_in_the_zone_of_the_shop():
    schedule = crontab(hour=3, minute=0)
    zone = schedule.tz = ZoneInfo("Europe/Berlin")
    last = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)

    before = datetime(2026, 7, 2, 0, 59, tzinfo=UTC).astimezone(zone)
    after = datetime(2026, 7, 2, 1, 0, tzinfo=UTC).astimezone(zone)
    assert not beat._is_due(schedule, last, before)
    assert beat._is_due(schedule, last, after)


@pytest.mark.django_db
def test_last_run_in_the_future_does_not_stop_a_schedule(scheduler):
    scheduler().tick()
    ago(days=-2)

    scheduler().tick()
    scheduler().tick()

    assert runs() == 1
    assert ScheduleRun.objects.filter(last_run_at__gt=Now()).count() == 0


@pytest.mark.django_db
def test_run_that_waits_for_its_next_attempt_is_not_doubled_but_becomes_due(scheduler):
    scheduler().tick()
    ago(seconds=10)
    scheduler().tick()
    OutboxEntry.objects.update(available_at=Now() + timedelta(minutes=9), attempts=3)

    ago(seconds=10)
    scheduler().tick()

    assert runs() == 1
    assert OutboxEntry.objects.due().get().attempts == 3


@pytest.mark.django_db
def test_no_run_starts_beside_one_in_work(scheduler):
    scheduler().tick()
    ago(seconds=10)
    scheduler().tick()
    entry = OutboxEntry.objects.get()
    OutboxEntry.objects.filter(pk=entry.pk).update(
        lease="1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        available_at=Now() + timedelta(seconds=20),
    )

    ago(seconds=10)
    scheduler().tick()

    assert runs() == 1
    assert not OutboxEntry.objects.due().exists()


def test_two_beats_start_a_run_once(real_db, scheduler):
    beats = [scheduler(), scheduler()]
    beats[0].tick()

    for _ in range(20):
        ago(seconds=10)
        together = Barrier(2)

        def tick(process, together=together):
            together.wait()
            try:
                process.tick()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(tick, beats))

    # The first run waits for a worker; had both beats fired, it would not be alone.
    assert runs() == 1
    fired = OutboxEntry.objects.values_list("key", flat=True)
    assert list(fired) == ["schedule:ten"]


@pytest.mark.parametrize(
    "lock",
    [
        "SELECT 1 FROM core_schedulerun WHERE name = 'first' FOR UPDATE",
        "SELECT 1 FROM core_outboxentry WHERE key = 'schedule:first' FOR UPDATE",
    ],
)
def test_beat_or_worker_frozen_with_a_lock_holds_up_no_other_schedule(
    real_db, scheduler, lock
):
    ten = {"task": NOTE, "schedule": timedelta(seconds=10)}
    process = scheduler(first=ten, second=ten)
    process.tick()
    ago("first", seconds=10)
    process.tick()
    ScheduleRun.objects.update(last_run_at=Now() - timedelta(seconds=10))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 2000")  # else a failure waits for ever

    frozen = connection.copy()
    frozen.set_autocommit(False)
    with closing(frozen), frozen.cursor() as cursor:
        cursor.execute(lock)
        process._swept_at -= beat.SWEEP_SECONDS
        process.tick()

    fired = OutboxEntry.objects.order_by("key").values_list("key", flat=True)
    assert list(fired) == ["schedule:first", "schedule:second"]
    recently = Now() - timedelta(seconds=9)
    assert ScheduleRun.objects.filter(name=BEAT, last_run_at__gt=recently).exists()


def test_firing_is_decided_by_the_row_and_by_nothing_else(real_db, scheduler):
    scheduler().tick()
    ago(seconds=10)
    seen = ScheduleRun.objects.get(name="ten").last_run_at

    fired = [
        beat.schedule_fire(name="ten", task=NOTE, last_run_at=seen) for _ in range(2)
    ]

    assert fired == [True, False]


@pytest.mark.django_db
def test_beat_tells_that_it_lives(scheduler):
    process = scheduler()
    process.tick()
    ago(BEAT, minutes=9)

    process._swept_at -= beat.SWEEP_SECONDS
    process.tick()

    assert ScheduleRun.objects.filter(
        name=BEAT, last_run_at__gt=Now() - timedelta(seconds=1)
    ).exists()


@pytest.mark.django_db
def test_beat_survives_a_database_that_is_away(scheduler, monkeypatch):
    process = scheduler()
    process.tick()
    ago(seconds=10)
    away = monkeypatch.context()

    with away as patch:
        patch.setattr(beat, "_last_runs", _fail)
        patch.setattr(connection, "close", lambda: None)
        assert process.tick() == beat.TICK_SECONDS
    process.tick()

    assert runs() == 1


def _fail():
    from django.db import OperationalError

    raise OperationalError("server closed the connection unexpectedly")
