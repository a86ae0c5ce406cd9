import time
from datetime import timedelta

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.models.functions import Now
from psycopg.errors import QueryCanceled

from foundation.core.beat import BEAT
from foundation.core.models import OutboxEntry, ScheduleRun
from foundation.observability import multiprocess, state
from foundation.observability.state import StateCollector, StateGauge


@pytest.fixture
def read():
    """The samples of a fresh reading, by name and labels."""

    def samples(collector: StateCollector | None = None) -> dict[tuple, float]:
        families = (collector or StateCollector()).collect()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return samples


@pytest.fixture
def only(monkeypatch):
    """Leaves one gauge, read by a function of the test."""

    def leave(function) -> None:
        gauge = StateGauge("storefront_tried", "For a test.", (), function)
        monkeypatch.setattr(state, "gauges", {"storefront_tried": gauge})

    return leave


def entry(age: int = 0, **fields) -> OutboxEntry:
    made = OutboxEntry.objects.create(task="some.task", **fields)
    OutboxEntry.objects.filter(pk=made.pk).update(
        available_at=Now() - timedelta(seconds=age)
    )
    return made


def test_outbox_is_told_by_queue_and_state(real_db, read):
    entry(age=90, queue="critical")
    entry(age=30, queue="critical")
    entry(age=-60, queue="critical")
    entry(age=500, queue="media", failed_at=Now())
    entry(age=-20, queue="media", lease="0" * 32)

    told = read()

    assert told["storefront_state_up",] == 1
    assert told["storefront_outbox_entries", "critical", "waiting"] == 3
    assert told["storefront_outbox_entries", "critical", "failed"] == 0
    assert told["storefront_outbox_entries", "media", "failed"] == 1
    assert told["storefront_outbox_entries", "media", "running"] == 1
    assert 90 <= told["storefront_outbox_oldest_seconds", "critical"] < 100
    assert told["storefront_outbox_oldest_seconds", "media"] == 0


def test_clock_is_told_by_schedule_and_beat(real_db, read):
    moment = OutboxEntry.objects.create(task="some.task").created_at
    for name in ("some-schedule", BEAT):
        ScheduleRun.objects.create(name=name, last_run_at=moment)

    told = read()

    name = "storefront_schedule_last_run_timestamp_seconds"
    assert told[name, "some-schedule"] == pytest.approx(time.time(), abs=60)
    assert (name, BEAT) not in told
    assert told["storefront_beat_last_tick_timestamp_seconds",] > 0


def test_shop_is_told_from_its_tables(demo_db, read):
    from catalogue.partner.models import StockRecord
    from checkout.order.models import Order

    before = read()["storefront_products_out_of_stock",]
    record = StockRecord.objects.filter(
        product__structure="standalone",
        product__is_public=True,
        product__product_class__track_stock=True,
        num_in_stock__gt=0,
    ).first()
    StockRecord.objects.filter(pk=record.pk).update(num_allocated=record.num_in_stock)

    told = read()

    assert told["storefront_products_out_of_stock",] == before + 1
    assert (
        told["storefront_orders", "confirmed"]
        == Order.objects.filter(status="confirmed").count()
    )


def test_broker_is_told_by_queue(real_db, read, monkeypatch):
    monkeypatch.setattr(
        "foundation.core.broker.waiting_wake_ups", lambda: {"critical": 3, "bulk": 0}
    )
    monkeypatch.setattr(
        current_app.control, "ping", lambda timeout: [{"a@x": "pong"}, {"b@x": "pong"}]
    )

    told = read()

    assert told["storefront_queue_messages", "critical"] == 3
    assert told["storefront_workers",] == 2


def test_without_broker_there_are_no_workers_and_no_lengths(real_db, read, monkeypatch):
    monkeypatch.setattr("foundation.core.broker.waiting_wake_ups", lambda: None)

    told = read()

    assert told["storefront_workers",] == 0
    assert told["storefront_state_up",] == 1
    assert not [key for key in told if key[0] == "storefront_queue_messages"]


def test_without_database_only_that_is_told(real_db, read, only):
    def away():
        raise OperationalError("connection refused")

    only(away)

    told = read()

    assert told["storefront_state_up",] == 0
    assert ("storefront_tried",) not in told


def test_gauge_that_takes_too_long_is_left_out(real_db, read, only):
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return {(): 1}

    only(slow)
    began = time.monotonic()

    told = read()

    assert time.monotonic() - began < 2
    assert told["storefront_state_up",] == 1
    assert ("storefront_tried",) not in told


def test_hanging_database_costs_a_second_and_one_thread(real_db, read, only):
    calls = []

    def hang():
        calls.append(1)
        time.sleep(3)
        return {(): 1}

    only(hang)
    collector = StateCollector()
    began = time.monotonic()
    first = read(collector)
    took = time.monotonic() - began
    collector._kept = (-100, {})

    second = read(collector)

    assert took == pytest.approx(1, abs=0.3)
    assert first["storefront_state_up",] == second["storefront_state_up",] == 0
    assert len(calls) == 1


def test_processes_of_a_pod_read_once_in_ten_seconds(
    real_db, read, only, monkeypatch, tmp_path
):
    calls = []
    only(lambda: {(): calls.append(1) or len(calls)})
    monkeypatch.setattr(multiprocess, "folder", lambda: tmp_path)
    first, second = StateCollector(), StateCollector()

    told = [read(each)["storefront_tried",] for each in (first, second, first)]
    assert told == [1, 1, 1]

    now = time.monotonic()
    monkeypatch.setattr(state, "monotonic", lambda: now + 11)
    assert read(second)["storefront_tried",] == 2


def test_cancelled_statement_is_known_by_its_cause(real_db):
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 10; SELECT pg_sleep(1)")

    assert isinstance(caught.value.__cause__, QueryCanceled)
