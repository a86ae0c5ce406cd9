"""Pages and snippets that go live or expire by the clock.

Wagtail's ``publish_scheduled`` (8.0) stops at the first item that fails and takes
what expires before what goes live. Here each item has a transaction of its own; one
that fails is handed to the outbox, which tries it again with growing pauses and
shows it to staff, while everything else goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import CharField, Exists, Model, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from wagtail.models import DraftStateMixin, Page, Revision

from foundation.core import clock
from foundation.core.models import OutboxEntry
from foundation.core.queueing import enqueue_on_commit

logger = logging.getLogger(__name__)

ITEM_TASK = "cms_pages.tasks.scheduled_item_run"
ITEMS_AT_ONCE = 100
"""Of each kind in one run; the next run, seconds later, takes the next."""


@dataclass(frozen=True, slots=True)
class ScheduledItem:
    """Something due: ``action`` is "publish" (of a revision) or "expire" (of an object).

    ``model`` is the label of what ``pk`` names, ``name`` what people call it.
    """

    action: str
    model: str
    pk: str
    due: datetime
    name: str

    @property
    def key(self) -> dict[str, str]:
        named = asdict(self)
        return {name: named[name] for name in ("action", "model", "pk")}


def scheduled_run() -> tuple[list[ScheduledItem], list[ScheduledItem]]:
    """Put live and take off what is due: what was done, and what failed.

    What goes live comes first, so that a page whose start and end have both passed
    ends up expired. What failed is in the outbox and left out until it is gone from
    there. Two statements when nothing is due. Safe to run in parallel.
    """
    done, failed = [], []
    for item in _each_due():
        try:
            if scheduled_item_run(**item.key):
                done.append(item)
        except Exception:  # one item's boundary: recorded, retried, shown to staff
            logger.exception("Scheduled %s of “%s” failed", item.action, item.name)
            enqueue_on_commit(ITEM_TASK, **item.key)
            failed.append(item)
    return done, failed


def scheduled_due() -> list[ScheduledItem]:
    """What the next run would take, the longest due first, as things stand now."""
    return list(_each_due())


def scheduled_item_run(*, action: str, model: str, pk: str) -> bool:
    """Publish or expire one item in one transaction; False if it is not due (any more).

    Locks the revision or the object; one locked elsewhere counts as not due. Page
    locks do not hinder it and a running workflow is cancelled, as in Wagtail.
    """
    now = clock.now()
    with transaction.atomic():
        if action == "publish":
            revision = _to_publish(now).select_for_update(skip_locked=True)
            found = revision.filter(pk=pk).first()
            if found is not None:
                found.publish(log_action="wagtail.publish.scheduled")
        else:
            objects = _to_expire(apps.get_model(model), now)
            found = (
                objects.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk)
                .first()
            )
            if found is not None:
                _expire(found, now)
    return found is not None


def _expire(instance: Any, now: datetime) -> None:
    """Take ``instance`` off; a later go-live that is planned stays planned (Wagtail drops it)."""
    planned = list(
        instance.revisions.filter(approved_go_live_at__gt=now).values_list(
            "pk", "approved_go_live_at"
        )
    )
    instance.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for pk, moment in planned:
        Revision.objects.filter(pk=pk).update(approved_go_live_at=moment)


def _each_due() -> Iterator[ScheduledItem]:
    """First all that goes live; what expires is asked for only after that was taken."""
    for revision in _waiting(_to_publish(clock.now()), "publish"):
        yield ScheduledItem(
            "publish",
            Revision._meta.label_lower,
            str(revision.pk),
            revision.approved_go_live_at,
            revision.object_str or "",
        )
    for model in _draft_models():
        for each in _waiting(_to_expire(model, clock.now()), "expire"):
            yield ScheduledItem(
                "expire",
                model._meta.label_lower,
                str(each.pk),
                each.expire_at,
                str(each),
            )


def _to_publish(now: datetime) -> QuerySet[Revision]:
    return Revision.objects.filter(approved_go_live_at__lte=now).order_by(
        "approved_go_live_at", "pk"
    )


def _to_expire(model: type[Model], now: datetime) -> QuerySet[Any]:
    return model._default_manager.filter(live=True, expire_at__lte=now).order_by(
        "expire_at", "pk"
    )


def _draft_models() -> list[type[Model]]:
    """Pages as one, and each snippet that knows drafts."""
    return [Page] + [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]


def _waiting(due: QuerySet[Any], action: str) -> list[Any]:
    """The first of ``due`` that did not fail before: those are the outbox's."""
    failed = (
        OutboxEntry.objects.filter(task=ITEM_TASK, kwargs__action=action)
        .annotate(item_model=KT("kwargs__model"), item_pk=KT("kwargs__pk"))
        .filter(
            item_model=due.model._meta.label_lower,
            item_pk=Cast(OuterRef("pk"), CharField()),
        )
    )
    return list(due.exclude(Exists(failed))[:ITEMS_AT_ONCE])
