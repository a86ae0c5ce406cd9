"""What the history tells when a planned price or an offer begins or ends.

Nothing is switched here: prices and offers are read by the clock, so that a run that
comes late, or never, makes no price wrong (docs/algorithms/prices.md).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from catalogue.models import Product
from catalogue.offer.models import ConditionalOffer
from catalogue.partner.models import PriceWindow
from foundation.audit.selectors import audit_marks
from foundation.audit.services import audit_record
from foundation.core import clock

logger = logging.getLogger(__name__)

BEGIN, END = "audit.begin", "audit.end"
CAUGHT_UP = timedelta(days=7)
"""A boundary is noted as long after it at most, however long the shop was away."""

BATCH = 500


@dataclass(frozen=True, slots=True)
class Boundary:
    """``moment`` is the field that says when; the history is that of ``subject``, named by ``path``."""

    model: type[Model]
    moment: str
    action: str
    subject: type[Model]
    path: str
    counts: Q = field(default_factory=Q)


BOUNDARIES = (
    Boundary(PriceWindow, "starts", BEGIN, Product, "stockrecord__product_id"),
    Boundary(PriceWindow, "ends", END, Product, "stockrecord__product_id"),
    Boundary(
        ConditionalOffer,
        "start_datetime",
        BEGIN,
        ConditionalOffer,
        "pk",
        Q(status=ConditionalOffer.OPEN),
    ),
    Boundary(
        ConditionalOffer,
        "end_datetime",
        END,
        ConditionalOffer,
        "pk",
        Q(status=ConditionalOffer.OPEN),
    ),
)


def boundaries_note() -> int:
    """Write what began and what ended since the last run into the history; how many.

    The history itself remembers what was noted: a moment that is moved counts anew.
    One transaction each; one that fails is logged and tried again by the next run.
    Four statements when nothing is due. Safe in parallel.
    """
    now, noted = clock.now(), 0
    for boundary in BOUNDARIES:
        for pk in list(_due(boundary, now).values_list("pk", flat=True)[:BATCH]):
            try:
                noted += _note(boundary, pk, now)
            except Exception:  # one boundary's own: recorded, the rest goes on
                logger.exception("%s of %s %s", boundary.action, boundary.model, pk)
    return noted


@transaction.atomic
def _note(boundary: Boundary, pk: int, now: datetime) -> bool:
    """Lock, then look again in a new statement: another run may have been there."""
    rows: QuerySet[Any] = boundary.model._default_manager.all()
    if not rows.select_for_update(skip_locked=True).filter(pk=pk).exists():
        return False
    found = _due(boundary, now).filter(pk=pk).first()
    if found is None:
        return False
    if isinstance(found, PriceWindow):
        _note_price(found, boundary)
    else:
        moment = getattr(found, boundary.moment)
        audit_record(
            instance=found,
            action=boundary.action,
            actor=None,
            before={},
            after={boundary.moment: moment},
        )
    return True


def _note_price(window: PriceWindow, boundary: Boundary) -> None:
    record = window.stockrecord
    base, planned = {"price": record.price}, {"price": window.amount}
    before, after = (base, planned) if boundary.action == BEGIN else (planned, base)
    audit_record(
        instance=record.product,
        action=boundary.action,
        actor=None,
        before=before,
        after=after | {"sku": record.partner_sku},
        part=f"#{window.pk}",
    )


def _due(boundary: Boundary, now: datetime) -> QuerySet[Any]:
    moment = boundary.moment
    marks = audit_marks(
        model=boundary.subject, pk=OuterRef(boundary.path), action=boundary.action
    ).filter(timestamp__gte=OuterRef(moment))
    if boundary.model is PriceWindow:
        marks = marks.annotate(part=KT("data__part")).filter(
            part=Concat(Value("#"), Cast(OuterRef("pk"), CharField()))
        )
    return (
        boundary.model._default_manager.filter(
            boundary.counts, **{f"{moment}__gt": now - CAUGHT_UP, f"{moment}__lte": now}
        )
        .exclude(Exists(marks))
        .order_by(moment, "pk")
    )
