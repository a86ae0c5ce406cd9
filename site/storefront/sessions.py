"""Sessions that have expired; Django's ``clearsessions`` deletes all in one statement."""

from django.contrib.sessions.models import Session
from django.db import transaction

from foundation.core import clock

BATCH = 1_000


def sessions_clean() -> int:
    """Delete what has expired, a batch in a transaction; how many."""
    total = 0
    while deleted := _batch_delete():
        total += deleted
    return total


@transaction.atomic
def _batch_delete() -> int:
    expired = (
        Session.objects.select_for_update(skip_locked=True)
        .filter(expire_date__lt=clock.now())
        .values_list("pk", flat=True)[:BATCH]
    )
    deleted, _by_model = Session.objects.filter(pk__in=list(expired)).delete()
    return deleted
