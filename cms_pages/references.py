"""Wagtail's index of what uses what, compared with the tables and put right."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Exists, Model, OuterRef
from django.db.models.functions import Cast
from wagtail.models import ReferenceIndex

from catalogue.search.repair import (
    RUN_SECONDS,
    Position,
    Progress,
    RepairCounts,
    walk,
)

logger = logging.getLogger(__name__)


def references_repair(
    *,
    model: str = "",
    after: int = 0,
    seconds: float = RUN_SECONDS,
    progress: Progress | None = None,
) -> tuple[RepairCounts, Position | None]:
    """Read the references of every object anew, from a position on.

    Returns what was put right (``stale`` counts objects) and, if ``seconds`` were
    not enough, where to go on. One short transaction an object.
    """
    start = RepairCounts() if model else _orphans_delete()
    counts, rest = walk(
        {each: each._default_manager.all() for each in ReferenceIndex.indexed_models},
        _references_check,
        start=Position(model, after),
        seconds=seconds,
        progress=progress,
    )
    return start + counts, rest


def _references_check(model: type[Model], batch: list[Any]) -> RepairCounts:
    base = ReferenceIndex._get_base_content_type(model)
    rows = ReferenceIndex.objects.filter(
        base_content_type=base, object_id__in=[str(each.pk) for each in batch]
    )
    before, counts = set(rows.values_list("object_id", "pk")), RepairCounts()
    for each in batch:
        try:
            _references_write(model, each.pk)
        except Exception:  # one object's boundary: recorded, the rest goes on
            logger.exception("References of %s %s", model._meta.label, each.pk)
            counts += RepairCounts(failed=1)
    changed = before ^ set(rows.values_list("object_id", "pk"))
    return counts + RepairCounts(stale=len({object_id for object_id, _pk in changed}))


@transaction.atomic
def _references_write(model: type[Model], pk: Any) -> None:
    """Behind the lock of the row: one that is being changed is indexed by who changes it."""
    locked = model._default_manager.select_for_update(skip_locked=True, of=("self",))
    instance = locked.filter(pk=pk).first()
    if instance is not None:
        ReferenceIndex.create_or_update_for_object(instance)


def _orphans_delete() -> RepairCounts:
    """Delete references from objects that are gone."""
    deleted = 0
    used = ReferenceIndex.objects.order_by().values("base_content_type").distinct()
    for content_type in ContentType.objects.filter(pk__in=used):
        rows = ReferenceIndex.objects.filter(base_content_type=content_type)
        model = content_type.model_class()
        if model is not None:
            present = model._base_manager.annotate(as_text=Cast("pk", CharField()))
            rows = rows.exclude(Exists(present.filter(as_text=OuterRef("object_id"))))
        deleted += rows.delete()[0]
    return RepairCounts(orphaned=deleted)
