import pytest
from celery import shared_task
from django.db import transaction

from foundation.core import queueing
from foundation.core.models import OutboxEntry

pytestmark = pytest.mark.django_db
calls: list[int] = []


@shared_task(name="tests.note")
def note(number: int) -> None:
    calls.append(number)


@shared_task(name="tests.fail")
def fail() -> None:
    raise ValueError("no")


@pytest.fixture(autouse=True)
def _empty():
    calls.clear()


def test_entry_runs_once_and_is_gone():
    entry = queueing.enqueue_on_commit("tests.note", number=7)

    assert queueing.outbox_run(entry.pk)
    assert not queueing.outbox_run(entry.pk)

    assert calls == [7]
    assert not OutboxEntry.objects.exists()


def test_entry_is_undone_with_its_transaction():
    with transaction.atomic():
        queueing.enqueue_on_commit("tests.note", number=7)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


def test_failure_is_kept_and_due_again_later():
    entry = queueing.enqueue_on_commit("tests.fail")

    assert not queueing.outbox_run(entry.pk)

    entry.refresh_from_db()
    assert entry.attempts == 1
    assert entry.last_error == "ValueError: no"
    assert entry.failed_at is None
    assert not OutboxEntry.objects.due().exists()


def test_last_attempt_fails_for_good():
    entry = queueing.enqueue_on_commit("tests.fail")
    OutboxEntry.objects.update(attempts=OutboxEntry.MAX_ATTEMPTS - 1)

    queueing.outbox_run(entry.pk)

    entry.refresh_from_db()
    assert entry.failed_at is not None
