"""What this release needs of the database, and what it is made of."""

from __future__ import annotations

import platform
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Key = tuple[str, str]
"""Label of an app and name of a migration."""

PACKAGES = ("Django", "wagtail", "django-oscar", "celery", "psycopg", "redis")


@cache
def migrations_of_release() -> dict[Key, str]:
    """Key → module of every migration this release brings; by name, none is imported."""
    found = {}
    for config in apps.get_app_configs():
        package, _ = MigrationLoader.migrations_module(config.label)
        try:
            paths = import_module(package).__path__ if package else []
        except ModuleNotFoundError:  # an app without tables
            continue
        for module in iter_modules(paths):
            if not module.ispkg and module.name[0] not in "_~":
                found[config.label, module.name] = f"{package}.{module.name}"
    return found


def migrations_missing() -> set[Key]:
    """What this release brings and the database lacks; what it has beyond that does not matter. One statement.

    A squashed migration is there when all that it replaces are.
    """
    rows = MigrationRecorder.Migration.objects.values_list("app", "name")
    try:
        applied = set(rows)
    except ProgrammingError:  # not even the table
        applied = set()
    found = migrations_of_release()
    return {
        key
        for key in found.keys() - applied
        if not _is_replacement_of(applied, found[key])
    }


def _is_replacement_of(applied: set[Key], module: str) -> bool:
    replaced = import_module(module).Migration.replaces
    return bool(replaced) and applied.issuperset(map(tuple, replaced))


def versions() -> dict[str, str]:
    """Release, Python and the packages that decide how the shop behaves."""
    return {
        "release": settings.RELEASE,
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }
