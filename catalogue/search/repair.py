"""The search index compared with the tables, and put right where they differ.

Whatever is saved through the models is indexed on its own. This is for what went past
them: SQL by hand, a restored backup, a lost task, an index of another version.
Only the index in PostgreSQL is looked after: a search server has its own rebuild.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Cast
from modelsearch.backends import get_search_backend
from modelsearch.backends.database.postgres.postgres import (
    IndexEntry,
    ObjectIndexer,
    PostgresSearchBackend,
)
from modelsearch.index import get_indexed_models
from modelsearch.tasks import insert_or_update_object_task

from foundation.core.task_backend import lane

logger = logging.getLogger(__name__)

BATCH = 200
RUN_SECONDS = 60
"""How long one run walks; what is left is the next entry of the outbox."""


@dataclass(frozen=True, slots=True)
class RepairCounts:
    """What was not as it should be; ``failed`` could not be put right and is in the log."""

    missing: int = 0
    stale: int = 0
    orphaned: int = 0
    failed: int = 0

    def __add__(self, other: RepairCounts) -> RepairCounts:
        return RepairCounts(
            self.missing + other.missing,
            self.stale + other.stale,
            self.orphaned + other.orphaned,
            self.failed + other.failed,
        )

    def __str__(self):
        return (
            f"{self.missing} missing, {self.stale} stale, {self.orphaned} orphaned,"
            f" {self.failed} failed"
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk stopped: all objects of ``model`` up to primary key ``after`` are done."""

    model: str
    after: int


Progress = Callable[[Position], None]


def entries_complete() -> RepairCounts:
    """Add entries that are missing and delete orphaned ones, of all indexed models.

    Does not look at what the entries say. Three statements a model where all is well.
    """
    counts = RepairCounts()
    if _backend() is None:
        return counts
    for model in get_indexed_models():
        missing = list(_missing(model).values_list("pk", flat=True))
        for start in range(0, len(missing), BATCH):
            counts += _add(model, missing[start : start + BATCH], "missing")
        counts += _orphans_delete(model)
    return counts


def entries_repair(
    *,
    model: str = "",
    after: int = 0,
    seconds: float = RUN_SECONDS,
    progress: Progress | None = None,
) -> tuple[RepairCounts, Position | None]:
    """Compare the words of every entry with its object, from a position on.

    Returns what was put right and, if ``seconds`` were not enough, where to go on.
    Orphaned entries are deleted by a walk that starts at the beginning. Each batch
    and each repair is a short transaction of its own.
    """
    if _backend() is None:
        return RepairCounts(), None
    start = RepairCounts()
    if not model:
        start = sum(map(_orphans_delete, get_indexed_models()), start)
    counts, rest = walk(
        {each: each.get_indexed_objects() for each in get_indexed_models()},
        _entries_check,
        start=Position(model, after),
        seconds=seconds,
        progress=progress,
    )
    return start + counts, rest


def walk(
    objects: dict[type[Model], QuerySet[Any]],
    check: Callable[[type[Model], list[Any]], RepairCounts],
    *,
    start: Position,
    seconds: float,
    progress: Progress | None = None,
) -> tuple[RepairCounts, Position | None]:
    """Give all ``objects`` of each model to ``check``, ``BATCH`` at a time, in a fixed order."""
    deadline = monotonic() + seconds
    counts = RepairCounts()
    for model in sorted(objects, key=lambda each: each._meta.label_lower):
        label = model._meta.label_lower
        if label < start.model:
            continue
        after = start.after if label == start.model else 0
        in_order = objects[model].order_by("pk")
        while batch := list(in_order.filter(pk__gt=after)[:BATCH]):
            counts += check(model, batch)
            after = batch[-1].pk
            if progress is not None:
                progress(Position(label, after))
            if monotonic() > deadline:
                return counts, Position(label, after)
    return counts, None


def _backend() -> PostgresSearchBackend | None:
    backend = get_search_backend()
    return backend if isinstance(backend, PostgresSearchBackend) else None


def _entries_check(model: type[Model], batch: list[Any]) -> RepairCounts:
    present = {
        object_id: (title, body)
        for object_id, title, body in _entries(model)
        .filter(object_id__in=[str(each.pk) for each in batch])
        .values_list("object_id", "title_text", "body_text")
    }
    missing, stale, counts = [], [], RepairCounts()
    for each in batch:
        if str(each.pk) not in present:
            missing.append(each.pk)
            continue
        try:
            is_right = present[str(each.pk)] == _words(each)
        except Exception:  # one object's boundary: recorded, the rest goes on
            logger.exception("%s %s can't be indexed", model._meta.label, each.pk)
            counts += RepairCounts(failed=1)
        else:
            stale += [] if is_right else [each.pk]
    return counts + _add(model, missing, "missing") + _add(model, stale, "stale")


def _words(instance: Any) -> tuple[str, str]:
    indexer = ObjectIndexer(instance, _backend())
    return indexer.title_text, indexer.body_text


def _add(model: type[Model], pks: list[Any], kind: str) -> RepairCounts:
    """Index these anew, one by one where that fails for all at once."""
    if not pks:
        return RepairCounts()
    try:
        return RepairCounts(**{kind: _add_locked(model, pks)})
    except Exception:  # one batch's boundary: what is at fault is found one by one
        if len(pks) > 1:
            return sum((_add(model, [pk], kind) for pk in pks), RepairCounts())
        logger.exception("%s %s can't be indexed", model._meta.label, pks[0])
        return RepairCounts(failed=1)


def _add_locked(model: Any, pks: Iterable[Any]) -> int:
    """Lock and read again, so that older words never replace those of a save meanwhile.

    Whoever has one locked is changing it, and indexes it afterwards.
    """
    with lane(insert_or_update_object_task.module_path):
        objects = list(
            model.get_indexed_objects()
            .filter(pk__in=pks)
            .select_for_update(skip_locked=True, of=("self",))
        )
        get_search_backend().add_bulk(model, objects)
    return len(objects)


def _orphans_delete(model: Any) -> RepairCounts:
    objects = model.get_indexed_objects().annotate(as_text=Cast("pk", CharField()))
    orphans = _entries(model).exclude(
        Exists(objects.filter(as_text=OuterRef("object_id")))
    )
    deleted, _by_model = orphans.delete()
    return RepairCounts(orphaned=deleted)


def _missing(model: Any) -> QuerySet[Any]:
    objects = model.get_indexed_objects().annotate(as_text=Cast("pk", CharField()))
    entries = _entries(model).filter(object_id=OuterRef("as_text"))
    return objects.exclude(Exists(entries)).order_by("pk")


def _entries(model: type[Model]) -> QuerySet[IndexEntry]:
    return IndexEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model)
    )
