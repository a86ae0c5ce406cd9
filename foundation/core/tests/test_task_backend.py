"""Django's tasks on the outbox."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.exceptions import InvalidTaskError
from modelsearch.tasks import insert_or_update_object_task
from wagtail.models import Collection

from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_drain
from foundation.media.models import LibraryDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox_tasks")]
calls: list[object] = []


@pytest.fixture(autouse=True)
def _empty():
    calls.clear()


def note(number):
    calls.append(number)


note_task = task(note)


@task(takes_context=True)
def note_context(context, number):
    calls.append((context.task_result.id, context.attempt, number))


def test_task_runs_after_the_commit_alone(monkeypatch):
    monkeypatch.setitem(globals(), "note", note_task)
    note_task.enqueue(7)

    assert calls == []
    outbox_drain()
    assert calls == [7]


def test_task_is_undone_with_its_transaction():
    with transaction.atomic():
        note_task.enqueue(7)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


def test_task_that_wants_its_context_gets_it():
    result = note_context.enqueue(7)

    outbox_drain()

    assert calls == [(result.id, 1, 7)]


@pytest.mark.parametrize(
    "change",
    [
        {"priority": 5},
        {"run_after": timezone.now() + timedelta(hours=1)},
        {"queue_name": "unheard-of"},
    ],
)
def test_what_the_outbox_cannot_do_is_refused(change):
    with pytest.raises(InvalidTaskError):
        note_task.using(**change)


def test_object_that_waits_for_its_index_twice_is_indexed_once():
    collection = Collection.get_first_root_node()
    document = LibraryDocument.objects.create(title="Guide", collection=collection)
    document.save()
    keys = set(OutboxEntry.objects.values_list("key", flat=True))

    assert None not in keys
    assert OutboxEntry.objects.count() > len(keys)
    assert outbox_drain() == len(keys)


def test_index_of_what_is_gone_is_no_failure():
    insert_or_update_object_task.enqueue("media", "librarydocument", "0")

    outbox_drain()

    assert not OutboxEntry.objects.exists()


def test_file_is_deleted_after_the_commit(django_capture_on_commit_callbacks):
    document = LibraryDocument.objects.create(
        title="Guide", file=ContentFile(b"Guide", name="guide.txt")
    )
    outbox_drain()
    storage, name = document.file.storage, document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()

    assert storage.exists(name)
    outbox_drain()
    assert not storage.exists(name)
    assert not OutboxEntry.objects.exists()
