"""Gauges of the outbox and the schedules: what waits, since when, and whether the clock ticks."""

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Now

from foundation.core.beat import BEAT
from foundation.core.models import OutboxEntry, ScheduleRun
from foundation.observability.state import Values, state_gauge

STATES = ("waiting", "running", "failed")  # methods of OutboxQuerySet


@state_gauge(
    "storefront_outbox_entries",
    "Outbox entries: waiting (now or for their next attempt), running, failed for good.",
    "queue",
    "state",
)
def outbox_entries() -> Values:
    values: dict[tuple[str, ...], float] = {
        (queue, state): 0 for queue in settings.JOB_QUEUES for state in STATES
    }
    for state in STATES:
        entries = getattr(OutboxEntry.objects, state)().order_by()
        found = entries.values_list("queue").annotate(Count("pk"))
        values |= {(queue, state): count for queue, count in found}
    return values


@state_gauge(
    "storefront_outbox_oldest_seconds",
    "How long the oldest entry that is due has been waiting; 0 if none is.",
    "queue",
)
def outbox_oldest() -> Values:
    due = OutboxEntry.objects.due().order_by().values_list("queue")
    ages = due.annotate(age=Now() - Min("available_at"))
    return {(queue,): 0.0 for queue in settings.JOB_QUEUES} | {
        (queue,): max(0.0, age.total_seconds()) for queue, age in ages
    }


@state_gauge(
    "storefront_schedule_last_run_timestamp_seconds",
    "When a schedule was started last.",
    "schedule",
)
def schedule_last_run() -> Values:
    runs = ScheduleRun.objects.exclude(name=BEAT).values_list("name", "last_run_at")
    return {(name,): last_run_at.timestamp() for name, last_run_at in runs}


@state_gauge("storefront_beat_last_tick_timestamp_seconds", "When beat ticked last.")
def beat_last_tick() -> Values:
    beat = ScheduleRun.objects.filter(name=BEAT).first()
    return {(): beat.last_run_at.timestamp()} if beat else {}
