"""Images and pages that a body shows, fetched for all its blocks at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from wagtail.models import Page

from foundation.media.models import LibraryImage


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What was found, by model and primary key; an id that is absent does not exist."""

    images: Mapping[int, LibraryImage] = field(default_factory=dict)
    pages: Mapping[int, Page] = field(default_factory=dict)


_prefetched: ContextVar[Prefetched | None] = ContextVar("prefetched", default=None)


def prefetched() -> Prefetched | None:
    """What has been fetched for the body that is being read; ``None`` outside of one."""
    return _prefetched.get()


@contextmanager
def prefetched_as(found: Prefetched) -> Iterator[None]:
    """Chooser blocks and rich text read from ``found`` instead of the database."""
    token = _prefetched.set(found)
    try:
        yield
    finally:
        _prefetched.reset(token)


class PrefetchingChooserMixin:
    """A chooser block whose instances come from :func:`prefetched`, where a body is read.

    Wagtail asks once for each place of a block in a body (6 queries for images in 6
    kinds of block); this asks the one answer that covers them all.
    """

    prefetched_name: str

    def to_python(self, value: Any):
        return self.bulk_to_python([value])[0]

    def bulk_to_python(self, values: Sequence[Any]) -> list[Model | None]:
        found = prefetched()
        if found is None:
            return super().bulk_to_python(values)  # type: ignore[misc]
        instances = getattr(found, self.prefetched_name)
        return [instances.get(value) for value in values]
