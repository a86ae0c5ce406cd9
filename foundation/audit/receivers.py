"""Connected to each audited model by :func:`foundation.audit.registry.register`."""

from foundation.audit import changes
from foundation.audit.relations import relation_changes


def remember_saved(instance, raw, **kwargs):
    instance._audit_before = None
    if changes.actor() and not raw:
        instance._audit_before = changes.snapshot(instance)


def record_saved(instance, **kwargs):
    before = instance.__dict__.pop("_audit_before", None)
    if before is not None:
        changes.record(instance, before, changes.snapshot(instance))


def remember_deleted(instance, **kwargs):
    if changes.actor():
        instance._audit_deleted = changes.deletion(instance)


def record_deleted(instance, **kwargs):
    deletion = instance.__dict__.pop("_audit_deleted", None)
    if deletion:
        changes.record_deletion(deletion)


def record_relations(**kwargs):
    if changes.actor():
        relation_changes(**kwargs)
