"""Registering models whose changes are recorded."""

from __future__ import annotations

from django.db.models import Model
from django.db.models.signals import (
    m2m_changed,
    post_delete,
    post_save,
    pre_delete,
    pre_save,
)

from foundation.audit import receivers
from foundation.audit.rules import Subject, Tracked, rules_set


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
    rules_set(model, Tracked(fields, frozenset(secret), subject))
    pre_save.connect(receivers.remember_saved, sender=model)
    post_save.connect(receivers.record_saved, sender=model)
    pre_delete.connect(receivers.remember_deleted, sender=model)
    post_delete.connect(receivers.record_deleted, sender=model)
    for field in model._meta.many_to_many:
        if field.name in fields:
            m2m_changed.connect(
                receivers.record_relations, sender=field.remote_field.through
            )
