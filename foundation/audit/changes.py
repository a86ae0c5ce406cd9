"""What an audited object looks like before and after, as plain values."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import localize
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context

from foundation.audit.rules import Tracked, tracked
from foundation.audit.services import audit_record

PLAIN = (
    type(None), bool, int, float, str, Decimal, UUID, datetime.date, datetime.time,
)  # fmt: skip
HIDDEN = "•••"

Values = dict[str, Any]


def actor():
    """The person who acts in the back office now; ``None`` outside it."""
    return get_active_log_context().user


def snapshot(instance: Model) -> Values:
    """The tracked values of ``instance`` as the database has them; empty if it has no such row."""
    rules = tracked(type(instance))
    if rules is None or instance.pk is None:
        return {}
    stored = type(instance)._base_manager.filter(pk=instance.pk).first()
    if stored is None:
        return {}
    return {name: _value(stored, name) for name in rules.fields}


def record(instance: Model, before: Values, after: Values) -> None:
    """Write the difference of ``before`` and ``after`` to the log, if there is one."""
    rules = tracked(type(instance))
    if rules is None:
        return
    names = [name for name in rules.fields if before.get(name) != after.get(name)]
    if not names:
        return
    subject = _subject(rules, instance)
    is_part = subject != instance
    audit_record(
        instance=subject,
        action="audit.change" if before or is_part else "audit.create",
        actor=actor(),
        before=_shown(rules, names, before),
        after=_shown(rules, names, after),
        part=_part(rules, instance) if is_part else "",
    )


@dataclass(frozen=True, slots=True)
class Deletion:
    """What the log says of a deleted object, read while the rows that it refers to still exist."""

    subject: Model
    title: str
    part: str
    before: Values


def deletion(instance: Model) -> Deletion | None:
    """``None`` if ``instance`` is not in the database."""
    rules, before = tracked(type(instance)), snapshot(instance)
    if rules is None or not before:
        return None
    subject = _subject(rules, instance)
    part = _part(rules, instance) if subject != instance else ""
    return Deletion(
        subject, _name(subject), part, _shown(rules, list(rules.fields), before)
    )


def record_deletion(deleted: Deletion) -> None:
    audit_record(
        instance=deleted.subject,
        action="audit.change" if deleted.part else "audit.delete",
        actor=actor(),
        before=deleted.before,
        after={},
        part=deleted.part,
        title=deleted.title,
    )


def _subject(rules: Tracked, instance: Model) -> Model:
    return (rules.subject(instance) if rules.subject else None) or instance


def _part(rules: Tracked, instance: Model) -> str:
    kind = str(instance._meta.verbose_name)
    return kind if rules.secret else f"{kind}: {_name(instance)}"


def _name(instance: Model) -> str:
    """The name of ``instance``, or its primary key if a row that names it is deleted already.

    Oscar (4.2, ``offer/receivers.py``) deletes a benefit after its range.
    """
    try:
        return str(instance)
    except ObjectDoesNotExist:
        return str(instance.pk)


def _shown(rules: Tracked, names: list[str], values: Values) -> Values:
    if not values:
        return {}
    return {
        name: HIDDEN if name in rules.secret else values.get(name) for name in names
    }


def _value(instance: Model, name: str) -> Any:
    try:
        field = instance._meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    if field is not None and field.many_to_many:
        return sorted(str(each) for each in getattr(instance, name).all())
    if field is not None and getattr(field, "choices", None):
        return str(getattr(instance, f"get_{name}_display")())
    try:
        value = getattr(instance, name)
    except ObjectDoesNotExist:  # a foreign key whose row is deleted in this transaction
        value = getattr(instance, f"{name}_id", None)
    return value if isinstance(value, PLAIN) else str(value)


def as_text(value: Any) -> str:
    """A logged value as a person reads it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    moment = _moment(value)
    return localize(timezone.localtime(moment)) if moment else str(value)


def _moment(value: Any) -> datetime.datetime | None:
    """The log keeps moments as ISO text."""
    try:
        return parse_datetime(value) if isinstance(value, str) else None
    except ValueError:  # looks like one, but there is no such day
        return None
