from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from backoffice.jobs.words import job_subject, job_task
from foundation.accounts.models import User
from foundation.audit.services import audit_record
from foundation.core.models import OutboxEntry
from foundation.core.queueing import entry_discard, entry_retry


@transaction.atomic
def jobs_retry(*, entries: Iterable[OutboxEntry], actor: User) -> int:
    """Have failed jobs tried again, recorded; the number of those that were still failed."""
    return sum(
        _recorded(entry, actor, "storefront.job_retry")
        for entry in entries
        if entry_retry(entry=entry)
    )


@transaction.atomic
def jobs_discard(*, entries: Iterable[OutboxEntry], actor: User) -> int:
    """Delete failed jobs, recorded; the number of those that were still failed."""
    return sum(
        _recorded(entry, actor, "audit.delete")
        for entry in entries
        if entry_discard(entry=entry)
    )


def _recorded(entry: OutboxEntry, actor: User, action: str) -> bool:
    before = {
        "task": job_task(entry),
        "subject": job_subject(entry),
        "attempts": entry.attempts,
        "last_error": entry.last_error,
    }
    audit_record(instance=entry, action=action, actor=actor, before=before, after={})
    return True
