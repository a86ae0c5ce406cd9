"""Which files the library's rows name, and which lie in the storages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import Storage, storages
from django.db.models import FileField

PUBLIC, PRIVATE = "default", "private"
"""Aliases of the storages that hold people's files."""


@dataclass(frozen=True, slots=True, order=True)
class LibraryFile:
    """A file by the alias of its storage and its name there."""

    storage: str
    name: str


def file_fields() -> Iterator[tuple[str, FileField]]:
    """The storage's alias and the field, for every file field of every model."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                is_private = field.storage is storages[PRIVATE]
                yield (PRIVATE if is_private else PUBLIC), field


def files_named() -> Iterator[LibraryFile]:
    """Every file that a row names, unordered; one statement for each file field."""
    for alias, field in file_fields():
        rows = field.model._base_manager.exclude(**{field.name: ""})
        names = rows.values_list(field.name, flat=True).iterator(chunk_size=2000)
        yield from (LibraryFile(alias, name) for name in names if name)


def files_stored(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files below ``folder``, folder by folder."""
    folders, files = storage.listdir(folder)
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in sorted(files))
    for each in sorted(folders):
        yield from files_stored(storage, f"{prefix}{each}")
