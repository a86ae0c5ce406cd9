from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, OuterRef, QuerySet
from django.db.models.functions import Cast
from wagtail.log_actions import registry as log_registry
from wagtail.models import ModelLogEntry

from foundation.audit.changes import as_text


@dataclass(frozen=True, slots=True)
class Change:
    """One value; ``name`` is empty for an entry that holds no values."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one person did at one moment; at least one change."""

    at: datetime
    actor: str
    what: str
    changes: tuple[Change, ...]


def history(instance: Model) -> QuerySet[ModelLogEntry]:
    """The log of ``instance`` and its parts, latest first."""
    return (
        log_registry.get_logs_for_instance(instance)
        .select_related("user")
        .order_by("-timestamp", "-pk")
    )


def audit_marks(
    *, model: type[Model], pk: OuterRef, action: str
) -> QuerySet[ModelLogEntry]:
    """For ``Exists``: the entries of ``action`` about the ``model`` that ``pk`` names."""
    return ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id=Cast(pk, CharField()),
        action=action,
    )


def history_entry(log: ModelLogEntry) -> HistoryEntry:
    formatter = log.formatter
    data = log.data or {}
    return HistoryEntry(
        at=log.timestamp,
        actor=log.user_display_name if log.user_id else "",
        what=" – ".join(
            filter(
                None,
                [str(formatter.label) if formatter else log.action, data.get("part")],
            )
        ),
        changes=changes_of(data) or (Change("", "", ""),),
    )


def changes_of(data: dict) -> tuple[Change, ...]:
    """The values in the ``data`` of a log entry, in the order they were tracked."""
    before, after = data.get("before") or {}, data.get("after") or {}
    return tuple(
        Change(
            name.replace("_", " "),
            as_text(before.get(name)),
            as_text(after.get(name)),
        )
        for name in dict.fromkeys([*after, *before])
    )
