from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from uuid import uuid4

import pytest
from celery import current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models.functions import Now

from foundation.core import broker, execution, queueing, tracing
from foundation.core.errors import PermanentError
from foundation.core.models import OutboxEntry
from foundation.core.signals import task_finished

LEASE = OutboxEntry.LEASE
calls: list[object] = []
errors: list[BaseException] = []


@shared_task(name="tests.note")
def note(number: int) -> None:
    calls.append(number)


@shared_task(name="tests.fail")
def fail() -> None:
    raise errors[0]


@shared_task(name="tests.request")
def note_request() -> None:
    calls.append(tracing.current_request_id())


@pytest.fixture(autouse=True)
def _empty():
    calls.clear()
    errors[:] = [ValueError("no")]


@pytest.fixture
def outcomes():
    """The outcomes that ``task_finished`` told."""
    told: list[str] = []

    def listen(outcome, **kwargs):
        told.append(outcome)

    task_finished.connect(listen)
    yield told
    task_finished.disconnect(listen)


def pretend(**values) -> None:
    OutboxEntry.objects.update(**values)


def in_threads(function, count: int) -> list:
    """``function(number)`` at the same time in so many threads, each with a connection of its own."""
    together = Barrier(count)

    def run(number):
        together.wait()
        try:
            return function(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


# --- Writing and running ------------------------------------------------------------


@pytest.mark.django_db
def test_entry_runs_once_and_is_gone(outcomes):
    entry = queueing.enqueue_on_commit("tests.note", number=7)

    assert queueing.outbox_run(entry.pk)
    assert not queueing.outbox_run(entry.pk)

    assert calls == [7]
    assert outcomes == ["succeeded"]
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
def test_entry_is_undone_with_its_transaction():
    with transaction.atomic():
        queueing.enqueue_on_commit("tests.note", number=7)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
def test_wake_up_takes_the_oldest_of_its_queue():
    for number in (1, 2):
        queueing.enqueue_on_commit("tests.note", number=number)
    OutboxEntry.objects.filter(kwargs={"number": 2}).update(
        available_at=Now() - timedelta(minutes=1)
    )

    assert not queueing.outbox_take("bulk")
    assert queueing.outbox_take("default")

    assert calls == [2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("checkout.order.tasks.order_mail_send", "critical"),
        ("cms_pages.tasks.form_answer_mail", "critical"),
        ("foundation.media.tasks.renditions_make", "media"),
        ("modelsearch.tasks.insert_or_update_object_task", "bulk"),
        ("wagtail.tasks.delete_file_from_storage_task", "default"),
        ("of.nobody", "default"),
    ],
)
def test_routes_choose_the_queue(task, queue):
    assert queueing.enqueue_on_commit(task).queue == queue


@pytest.mark.django_db
def test_task_belongs_to_the_request_that_caused_it():
    with tracing.request_id_bound("a1b2c3d4"):
        entry = queueing.enqueue_on_commit("tests.request")

    queueing.outbox_run(entry.pk)

    assert calls == ["a1b2c3d4"]


def note_transaction() -> None:
    calls.append(connection.in_atomic_block)


def test_no_task_starts_inside_a_transaction(real_db, monkeypatch):
    """Through the executor, for every task that anybody can enqueue."""
    names = [name for name in current_app.tasks if not name.startswith("celery.")]
    for name in names:
        monkeypatch.setitem(current_app.tasks, name, note_transaction)
        queueing.enqueue_on_commit(name)

    runs = queueing.outbox_drain()

    assert runs == len(names) > 10
    assert set(calls) == {False}


# --- Failing ------------------------------------------------------------------------


@pytest.mark.django_db
def test_failure_is_kept_and_due_again_later(outcomes):
    entry = queueing.enqueue_on_commit("tests.fail")

    assert not queueing.outbox_run(entry.pk)

    entry.refresh_from_db()
    assert entry.attempts == 1
    assert entry.last_error == "ValueError: no"
    assert (entry.failed_at, entry.lease) == (None, None)
    assert outcomes == ["retried"]
    assert not OutboxEntry.objects.due().exists()


@pytest.mark.django_db
def test_pauses_grow_and_stay_below_an_hour_and_a_quarter():
    pauses = []
    entry = queueing.enqueue_on_commit("tests.fail")
    for _ in range(OutboxEntry.MAX_ATTEMPTS - 1):
        pretend(available_at=Now())
        queueing.outbox_run(entry.pk)
        due = OutboxEntry.objects.values_list("available_at", Now()).get()
        pauses.append((due[0] - due[1]).total_seconds())

    assert 2 < pauses[0] <= 5
    assert all(later > earlier for earlier, later in zip(pauses, pauses[2:], strict=0))
    assert max(pauses) <= 4500


@pytest.mark.django_db
def test_last_attempt_fails_for_good(outcomes):
    entry = queueing.enqueue_on_commit("tests.fail")
    pretend(attempts=OutboxEntry.MAX_ATTEMPTS - 1)

    queueing.outbox_run(entry.pk)

    assert OutboxEntry.objects.failed().get() == entry
    assert not OutboxEntry.objects.due().exists()
    assert outcomes == ["failed"]


@pytest.mark.django_db
def test_what_no_retry_heals_is_given_up_at_once(outcomes):
    errors[:] = [PermanentError("The mail server refuses the recipient.")]
    entry = queueing.enqueue_on_commit("tests.fail")

    queueing.outbox_run(entry.pk)

    entry.refresh_from_db()
    assert entry.failed_at
    assert entry.last_error == "The mail server refuses the recipient."
    assert outcomes == ["failed"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "kwargs", "error", "words"),
    [
        ("tests.unknown", {}, None, "This worker does not know the task."),
        ("tests.note", {"no": 1}, None, "unexpected keyword argument"),
        ("tests.fail", {}, SoftTimeLimitExceeded(), "It took too long"),
        ("tests.fail", {}, ValueError("for ada@example.com"), "ValueError: for …@…"),
    ],
)
def test_failure_is_told_in_words(task, kwargs, error, words):
    errors[:] = [error]
    entry = queueing.enqueue_on_commit(task, **kwargs)

    queueing.outbox_run(entry.pk)

    entry.refresh_from_db()
    assert words in entry.last_error
    assert entry.attempts == 1


@pytest.mark.django_db
def test_task_whose_worker_is_told_to_stop_is_due_at_once():
    errors[:] = [SystemExit(0)]
    entry = queueing.enqueue_on_commit("tests.fail")

    with pytest.raises(SystemExit):
        queueing.outbox_run(entry.pk)

    assert OutboxEntry.objects.due().get().lease is None


@pytest.mark.django_db
def test_later_failure_of_a_schedule_replaces_the_earlier_one():
    errors[:] = [PermanentError("no")]
    for _ in range(2):
        queueing.entry_write(task="tests.fail", kwargs={}, queue="default", key="k")
        queueing.outbox_drain()

    assert OutboxEntry.objects.failed().count() == 1


# --- Leases -------------------------------------------------------------------------


@pytest.mark.django_db
def test_entry_in_work_is_left_alone_until_its_lease_runs_out(outcomes):
    queueing.enqueue_on_commit("tests.note", number=7)
    pretend(lease=uuid4(), attempts=1, available_at=Now() + timedelta(seconds=1))
    assert not queueing.outbox_take("default")

    pretend(available_at=Now() - timedelta(seconds=1))
    assert queueing.outbox_take("default")

    assert calls == [7]
    assert outcomes == ["lost", "succeeded"]


@pytest.mark.django_db
def test_task_that_kills_its_worker_every_time_is_given_up(outcomes):
    entry = queueing.enqueue_on_commit("tests.note", number=7)

    for attempt in range(OutboxEntry.MAX_ATTEMPTS):
        claimed = execution._claim(OutboxEntry.objects.all())
        assert claimed
        assert claimed.attempts == attempt + 1
        pretend(available_at=Now())  # killed: the lease runs out

    assert not queueing.outbox_take("default")
    entry.refresh_from_db()
    assert entry.failed_at
    assert entry.last_error == "The worker stopped in the middle of it."
    assert outcomes == ["lost"] * OutboxEntry.MAX_ATTEMPTS
    assert calls == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lease", "future"),
    [(uuid4(), LEASE * 3), (None, OutboxEntry.PAUSE_LIMIT * 3)],
)
def test_moment_that_only_a_wrong_clock_can_have_written_counts_as_now(lease, future):
    queueing.enqueue_on_commit("tests.note", number=7)
    pretend(lease=lease, available_at=Now() + future)

    assert queueing.outbox_take("default")
    assert calls == [7]


def test_entry_is_taken_by_one_of_two_workers(real_db):
    for _ in range(10):
        queueing.enqueue_on_commit("tests.note", number=7)
        in_threads(lambda _: queueing.outbox_take("default"), 2)

    assert calls == [7] * 10


def test_two_workers_take_two_entries_without_waiting_for_each_other(real_db):
    """A row that one is about to take does not stop the other."""
    first = queueing.enqueue_on_commit("tests.note", number=1)
    queueing.enqueue_on_commit("tests.note", number=2)

    with transaction.atomic():
        OutboxEntry.objects.select_for_update().get(pk=first.pk)
        in_threads(lambda _: queueing.outbox_take("default"), 1)

    assert calls == [2]


def test_worker_that_lost_its_lease_cannot_end_the_entry(real_db):
    entry = queueing.enqueue_on_commit("tests.note", number=7)
    frozen = execution._claim(OutboxEntry.objects.all())
    pretend(available_at=Now())
    taker = execution._claim(OutboxEntry.objects.all())

    assert frozen
    assert taker
    execution._end_well(execution.Run(frozen))
    execution._end_badly(frozen, ValueError("no"))

    entry.refresh_from_db()
    assert (entry.lease, entry.last_error) == (taker.lease, taker.last_error)
    execution._end_well(execution.Run(taker))
    assert not OutboxEntry.objects.exists()


def test_lease_is_renewed_while_the_task_runs(real_db, monkeypatch):
    monkeypatch.setattr(execution, "RENEW_SECONDS", 0.05)
    queueing.enqueue_on_commit("tests.note", number=7)
    entry = execution._claim(OutboxEntry.objects.all())
    assert entry
    pretend(available_at=Now() + timedelta(seconds=1))

    with execution._lease_renewed(entry):
        sleep(0.5)

    assert OutboxEntry.objects.filter(
        available_at__gt=Now() + timedelta(seconds=25)
    ).exists()
    assert _connections(real_db) == 1  # the thread's is closed


def _connections(database: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]
        )
        return cursor.fetchone()[0]


# --- The end is written together with what it says ---------------------------------------


inside: list = []
"""What the next run of "tests.effect" does after its effect."""


@shared_task(name="tests.effect")
def effect() -> None:
    with queueing.task_ended_with(
        lambda: OutboxEntry.objects.create(task="tests.memory")
    ):
        calls.append("effect")
        while inside:
            inside.pop()()
    calls.append("after")


def entries() -> list[str]:
    return [each.task for each in OutboxEntry.objects.order_by("pk")]


def test_effect_and_end_of_a_task_are_committed_as_one(real_db, outcomes):
    entry = queueing.enqueue_on_commit("tests.effect")
    inside.append(lambda: calls.append(entry_is_gone()))

    def entry_is_gone() -> bool:
        return not OutboxEntry.objects.filter(pk=entry.pk).exists()

    assert queueing.outbox_run(entry.pk)
    assert calls == ["effect", True, "after"]
    assert entries() == ["tests.memory"]
    assert outcomes == ["succeeded"]


def test_connection_lost_after_the_effect_does_not_repeat_it(real_db, outcomes):
    entry = queueing.enqueue_on_commit("tests.effect")

    def cut() -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(terminate, connection.connection.info.backend_pid).result()

    inside.append(cut)

    assert queueing.outbox_run(entry.pk)
    assert calls == ["effect", "after"]
    assert entries() == ["tests.memory"]
    assert outcomes == ["succeeded"]


def terminate(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.close()


@pytest.mark.django_db
def test_error_within_takes_the_end_back(outcomes):
    entry = queueing.enqueue_on_commit("tests.effect")

    def refuse() -> None:
        raise ValueError("no")

    inside.append(refuse)

    assert not queueing.outbox_run(entry.pk)
    assert entries() == ["tests.effect"]
    assert outcomes == ["retried"]


@pytest.mark.django_db
def test_who_lost_the_lease_has_no_effect_and_counts_no_run(outcomes):
    entry = queueing.enqueue_on_commit("tests.effect")
    claimed = execution._claim(OutboxEntry.objects.filter(pk=entry.pk))
    assert claimed
    pretend(lease=uuid4())

    assert execution._run(claimed) == "lost"
    assert calls == []
    assert entries() == ["tests.effect"]
    assert outcomes == []
    assert not OutboxEntry.objects.get().last_error


# --- Keys: one run answers all that wait ---------------------------------------------------


def keyed(number: int) -> OutboxEntry:
    return queueing.entry_write(
        task="tests.note", kwargs={"number": number}, queue="default", key="k"
    )


@pytest.mark.django_db
def test_one_run_answers_all_entries_of_a_key():
    for _ in range(3):
        keyed(7)

    assert queueing.outbox_drain() == 1
    assert calls == [7]


@pytest.mark.django_db
def test_run_in_work_does_not_swallow_a_later_entry_nor_overlap_with_it():
    keyed(1)
    claimed = execution._claim(OutboxEntry.objects.all())
    keyed(2)

    assert not queueing.outbox_take("default")
    assert claimed
    execution._end_well(execution.Run(claimed))
    assert queueing.outbox_take("default")
    assert calls == [2]


def test_writers_of_one_key_do_not_wait_for_each_other(real_db):
    """A unique key would make transactions wait for each other, and deadlock."""
    first_written = Event()

    def write(number):
        with transaction.atomic():
            if number:
                assert first_written.wait(5)
            keyed(number)
            first_written.set()
            return OutboxEntry.objects.filter(kwargs={"number": number}).count()

    with transaction.atomic():
        keyed(9)
        assert in_threads(write, 2) == [1, 1]


# --- Waking workers --------------------------------------------------------------------


def test_sweep_sends_what_is_missing_and_no_more(real_db, monkeypatch):
    sent: list[tuple[str, int]] = []
    waiting = dict.fromkeys(["critical", "default", "media", "bulk"], 0)
    waiting["default"] = 2
    monkeypatch.setattr(broker, "waiting_wake_ups", lambda: waiting)
    monkeypatch.setattr(broker, "wake", lambda queue, count: sent.append((queue, count)) or True)  # fmt: skip
    for number in range(3):
        queueing.OutboxEntry.objects.create(task="tests.note", kwargs={"number": number})  # fmt: skip
    OutboxEntry.objects.create(task="tests.note", queue="bulk", failed_at=Now())
    OutboxEntry.objects.create(
        task="tests.note", queue="media", available_at=Now() + timedelta(minutes=1)
    )

    assert queueing.outbox_sweep() == 1

    assert sent == [("default", 1)]


def test_commit_succeeds_quickly_without_a_broker(real_db, monkeypatch, settings):
    """Nothing listens on the port; what is a hang is in tests/reliability."""
    monkeypatch.setattr(broker, "_breaker", broker.CircuitBreaker(5))
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    began = execution.monotonic()

    for number in range(20):
        queueing.enqueue_on_commit("tests.note", number=number)

    assert execution.monotonic() - began < 1
    assert OutboxEntry.objects.due().count() == 20
    assert queueing.outbox_sweep() == 0
