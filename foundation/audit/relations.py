"""Many-to-many changes, told from either side."""

from __future__ import annotations

from django.db.models import Model

from foundation.audit import changes
from foundation.audit.rules import tracked


def relation_changes(
    *, sender, instance: Model, action: str, reverse: bool, model, pk_set, **kwargs
) -> None:
    """Remember before and record after a change of relation ``sender``.

    From the far side (``group.user_set.add(user)``) the change belongs to every
    object in ``pk_set``.
    """
    moment, _, _ = action.partition("_")
    for owner in _owners(sender, instance, reverse, model, pk_set):
        if moment == "pre":
            instance.__dict__.setdefault("_audit_relations", {})[owner.pk] = (
                changes.snapshot(owner)
            )
            continue
        before = instance.__dict__.get("_audit_relations", {}).pop(owner.pk, None)
        if before is not None:
            changes.record(owner, before, changes.snapshot(owner))


def _owners(sender, instance, reverse, model, pk_set) -> list[Model]:
    if not reverse:
        return [instance] if tracked(type(instance)) else []
    if tracked(model) is None:
        return []
    if pk_set is None:  # clear() names nobody: all that are related now
        field = next(
            each
            for each in model._meta.many_to_many
            if each.remote_field.through is sender
        )
        return list(model._base_manager.filter(**{field.name: instance}))
    return list(model._base_manager.filter(pk__in=pk_set))
