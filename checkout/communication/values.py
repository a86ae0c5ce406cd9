"""What a mail's text may know: plain values, copied from what the mail is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.sites.models import Site
from django.db.models import Model
from django.utils.functional import Promise

from checkout.order.models import Order
from foundation.accounts.models import User

LONGEST_VALUE = 1_000
MOST_ROWS = 200

FIELDS: dict[type[Model], tuple[str, ...]] = {
    Order: ("number", "date_placed", "currency", "total_incl_tax", "total_excl_tax"),
    Site: ("name", "domain"),
    User: ("email", "first_name", "last_name", "get_full_name"),
}
"""What is copied of a model's instance. Nothing is known of other models."""


def plain_values(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``context`` as dictionaries, lists of ``MOST_ROWS`` rows, texts, numbers and dates.

    Texts are cut to ``LONGEST_VALUE`` characters. What is none of these, and no model of
    ``FIELDS``, becomes None.
    """
    return {str(name): _plain(value) for name, value in context.items()}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | Decimal() | date():
            return value
        case str() | Promise():
            return str(value)[:LONGEST_VALUE]
        case list() | tuple():
            return [_plain(each) for each in value[:MOST_ROWS]]
        case Mapping():
            return plain_values(value)
    return {name: _plain(_read(value, name)) for name in _fields(value)} or None


def _fields(value: Any) -> list[str]:
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    known = (FIELDS[kind] for kind in FIELDS if isinstance(value, kind))
    return list(next(known, ()))


def _read(value: Any, name: str) -> Any:
    found = getattr(value, name)
    return found() if callable(found) else found
