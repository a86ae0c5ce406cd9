"""Which models are audited, in which fields, and whose history shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

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


def rules_set(model: type[Model], rules: Tracked) -> None:
    _tracked[model] = rules


def tracked(model: type[Model]) -> Tracked | None:
    """How ``model`` or, for a proxy or multi-table child, its registered parent is audited."""
    return next((_tracked[base] for base in model.__mro__ if base in _tracked), None)


def registered() -> dict[type[Model], Tracked]:
    return dict(_tracked)
