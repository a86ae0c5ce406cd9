"""What can be wrong with where the shop is started, told in one line.

``python -m storefront.preflight web|worker|beat|backup`` looks before a server starts: settings,
folders that are written to, static files, the database, its schema. One that an older release
left is waited for: this release's code would stumble over it. With no schema at all web
starts, says so at ``/readyz/`` and takes no traffic; workers and beat wait for it too.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import InterfaceError, OperationalError

DATABASE_SECONDS = 30
"""How long a database that does not answer is waited for."""

SCHEMA_SECONDS = 1800
"""How long a migration may take; the pods' startup probe waits a little longer."""


@contextmanager
def misfortunes_told() -> Iterator[None]:
    """End the program with one line for what the person who runs it has to mend."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")
    except ModuleNotFoundError as error:
        module = os.environ.get("DJANGO_SETTINGS_MODULE", "")
        if not error.name or not f"{module}.".startswith(f"{error.name}."):
            raise
        sys.exit(f"Settings: DJANGO_SETTINGS_MODULE={module} does not exist.")
    except (OperationalError, InterfaceError) as error:
        sys.exit(f"Database: {one_line(error)}")


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def folder_check(path: Path, variable: str) -> None:
    """Raises: ImproperlyConfigured where nothing can be written there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"{variable}={path} cannot be written to ({error.strerror})."
        ) from error


def static_files_check(folder: Path) -> None:
    """Raises: ImproperlyConfigured where `collectstatic` has not written its list to the folder."""
    try:
        listed = json.loads((folder / "staticfiles.json").read_text())["paths"]
    except (OSError, ValueError, KeyError):
        listed = {}
    if not listed:
        raise ImproperlyConfigured(
            f"STATIC_ROOT={folder} holds no static files: run `manage.py collectstatic`."
        )


def database_wait(seconds: float) -> None:
    """Raises: OperationalError if the database does not answer in time."""
    from django.db import connection

    until = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            connection.close()
            return


def schema_wait(role: str, seconds: float) -> None:
    """Raises: ImproperlyConfigured if this release's migrations are not there in time."""
    from foundation.observability import release

    until = time.monotonic() + seconds
    is_told = False
    while missing := release.migrations_missing():
        first = ".".join(min(missing))
        words = f"{len(missing)} migrations are missing, the first is {first}"
        is_empty = len(missing) == len(release.migrations_of_release())
        if time.monotonic() > until:
            raise ImproperlyConfigured(f"{words}: run `manage.py migrate`.")
        if not is_told:
            sys.stderr.write(
                f"Schema: {words}; /readyz/ says 503 until they are there.\n"
            )
            is_told = True
        if role == "web" and is_empty:
            return
        time.sleep(1)


def main(role: str) -> None:
    import django
    from django.conf import settings

    from storefront.settings import web  # noqa: F401  # gunicorn would read it next

    static_files_check(Path(settings.STATIC_ROOT))
    django.setup()
    folder_check(Path(settings.RUN_DIR), "RUN_DIR")
    for bucket, folder in (
        ("MEDIA_BUCKET", "MEDIA_ROOT"),
        ("PRIVATE_BUCKET", "PRIVATE_ROOT"),
    ):
        if role != "beat" and not getattr(settings, bucket):
            folder_check(Path(getattr(settings, folder)), folder)
    database_wait(DATABASE_SECONDS)
    schema_wait(role, SCHEMA_SECONDS)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")
    with misfortunes_told():
        main(sys.argv[1])
