"""Django's tasks on the outbox."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import task
from django_tasks.exceptions import InvalidTaskError
from modelsearch import index
from modelsearch.backends.database.postgres.postgres import IndexEntry
from modelsearch.tasks import insert_or_update_object_task
from wagtail.models import Collection

from foundation.core import task_backend
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_drain, outbox_run
from foundation.media.models import LibraryDocument

pytestmark = pytest.mark.usefixtures("outbox_tasks")
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


@pytest.mark.django_db
def test_task_runs_after_the_commit_alone(monkeypatch):
    monkeypatch.setitem(globals(), "note", note_task)
    note_task.enqueue(7)

    assert calls == []
    outbox_drain()
    assert calls == [7]


@pytest.mark.django_db
def test_task_is_undone_with_its_transaction():
    with transaction.atomic():
        note_task.enqueue(7)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
def test_task_that_wants_its_context_gets_it():
    result = note_context.enqueue(7)

    outbox_drain()

    assert calls == [(result.id, 1, 7)]


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_object_that_waits_for_its_index_twice_is_indexed_once():
    collection = Collection.get_first_root_node()
    document = LibraryDocument.objects.create(title="Guide", collection=collection)
    document.save()
    keys = set(OutboxEntry.objects.values_list("key", flat=True))

    assert None not in keys
    assert OutboxEntry.objects.count() > len(keys)
    assert outbox_drain() == len(keys)


@pytest.mark.parametrize("answered_by", ["its own entry", "a later entry of its key"])
def test_worker_frozen_after_reading_leaves_what_was_written_since(
    real_db, monkeypatch, answered_by
):
    monkeypatch.setattr(task_backend, "LANE_SECONDS", 1)
    document = LibraryDocument.objects.create(title="Old")
    entry = OutboxEntry.objects.get(
        kwargs__path=insert_or_update_object_task.module_path
    )
    index_now = index.insert_or_update_object

    def freeze(instance):
        monkeypatch.setattr(index, "insert_or_update_object", index_now)
        with ThreadPoolExecutor(1) as other:
            other.submit(overtake).result()
        index_now(instance)

    def overtake():
        OutboxEntry.objects.filter(pk=entry.pk).update(available_at=Now())
        LibraryDocument.objects.get(pk=document.pk).save()  # an entry of the same key
        LibraryDocument.objects.update(title="New")
        if answered_by == "its own entry":
            assert outbox_run(entry.pk)
        else:
            assert outbox_run(OutboxEntry.objects.filter(key=entry.key).latest("pk").pk)
        connection.close()

    monkeypatch.setattr(index, "insert_or_update_object", freeze)

    is_done = outbox_run(entry.pk)

    assert IndexEntry.objects.get(object_id=document.pk).title_text == "New"
    assert not is_done
    assert not OutboxEntry.objects.filter(key=entry.key).exists()


@pytest.mark.django_db
def test_index_of_what_is_gone_is_no_failure():
    insert_or_update_object_task.enqueue("media", "librarydocument", "0")

    outbox_drain()

    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
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
