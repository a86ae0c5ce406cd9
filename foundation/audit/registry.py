"""Which models are audited, in which fields, and whose history shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.db.models.signals import (
    m2m_changed,
    post_delete,
    post_save,
    pre_delete,
    pre_save,
)

Subject = Callable[[Model], Model | None]


@dataclass(frozen=True, slots=True)
class Tracked:
    """``fields`` may be fields (many-to-many too) or properties; of ``secret`` ones only
    the fact of a change is kept. ``subject`` finds the object whose history shows it.
    """

    fields: tuple[str, ...]
    secret: frozenset[str]
    subject: Subject | None


_tracked: dict[type[Model], Tracked] = {}


def register(
    model: type[Model],
    *,
    fields: tuple[str, ...],
    secret: tuple[str, ...] = (),
    subject: Subject | None = None,
) -> None:
    """Record every change of ``model`` that a person makes in the back office.

    Receivers are connected to this model alone: listeners on all models would
    make every deletion in the shop load what it deletes.
    """
    from foundation.audit import receivers

    _tracked[model] = Tracked(fields, frozenset(secret), subject)
    pre_save.connect(receivers.remember_saved, sender=model)
    post_save.connect(receivers.record_saved, sender=model)
    pre_delete.connect(receivers.remember_deleted, sender=model)
    post_delete.connect(receivers.record_deleted, sender=model)
    for field in model._meta.many_to_many:
        if field.name in fields:
            m2m_changed.connect(
                receivers.record_relations, sender=field.remote_field.through
            )


def tracked(model: type[Model]) -> Tracked | None:
    """How ``model`` or, for a proxy or multi-table child, its registered parent is audited."""
    return next((_tracked[base] for base in model.__mro__ if base in _tracked), None)


def is_registered(model: type[Model]) -> bool:
    return tracked(model) is not None


def registered() -> dict[type[Model], Tracked]:
    return dict(_tracked)
