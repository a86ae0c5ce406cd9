"""Real PostgreSQL and Redis (``scripts/services``); one migrated template, cloned per worker."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.utils import translation
from psycopg import sql
from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).parent
ROLES = "site/backoffice/roles.py"  # made by `migrate`
_numbers = itertools.count()


def pytest_configure(config):
    if not os.environ.get("DATABASE_URL"):
        raise pytest.UsageError("No database: run the tests with `make test`.")


# --- Databases --------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """A connection to the server's maintenance database, outside any transaction."""
    params = connection.get_connection_params() | {"dbname": "postgres"}
    params = {
        key: params[key]
        for key in ("dbname", "host", "port", "user", "password")
        if params.get(key)
    }
    with psycopg.connect(**params, autocommit=True) as server:
        yield server


def _schema_hash(*more: str) -> str:
    """Changes with every migration of ours, every version that brings others, and ``more`` files."""
    digest = hashlib.sha256(settings.LANGUAGE_CODE.encode())
    for pattern in (ROLES, *more):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    for package in ("Django", "wagtail", "django-oscar"):
        digest.update(version(package).encode())
    for top in ("site", "checkout", "cms_pages", "catalogue", "foundation"):
        for path in sorted((ROOT / top).glob("**/migrations/*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _use(name: str) -> None:
    """Point every thread's connection at database ``name``."""
    connections.close_all()
    connections.settings["default"]["NAME"] = name


def _clone(template: str, name: str) -> None:
    with _server() as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _drop(name: str) -> None:
    with _server() as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(name)
            )
        )


def _template(name: str, build) -> str:
    """The template database ``name``; made by ``build`` (run inside it) where it is missing."""
    with _server() as server:
        # One builds, whoever wants the same one waits.
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone():
            return name
        building = f"{name}_building"
        before = settings.DATABASES["default"]["NAME"]
        _drop(building)
        build(building)
        _use(before)
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(building), sql.Identifier(name)
            )
        )
    return name


def _build_migrated(name: str) -> None:
    with _server() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _use(name)
    call_command("migrate", verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def migrated_template(django_test_environment, django_db_blocker) -> str:
    """Name of a migrated, otherwise empty database to clone."""
    with django_db_blocker.unblock():
        return _template(f"storefront_{_schema_hash()}", _build_migrated)


@pytest.fixture(scope="session")
def demo_template(migrated_template, django_db_blocker) -> str:
    """Name of a database with the tiny demo shop and hard cases, to clone; its pictures are in MEDIA_ROOT."""

    def build(name: str) -> None:
        _clone(migrated_template, name)
        _use(name)
        call_command("seed", size="tiny", hard_cases=True, stdout=io.StringIO())

    code = ("site/storefront/seed/*.py", "site/storefront/demo/**/*.*")
    with django_db_blocker.unblock():
        return _template(f"storefront_demo_{_schema_hash(*code)}", build)


@pytest.fixture(scope="session")
def skeleton_template(migrated_template, django_db_blocker) -> Callable[[int], str]:
    """Makes the name of a database with a skeleton of so many products (``tests.skeleton``)."""
    source = (ROOT / "tests" / "skeleton.py").read_bytes()
    version = hashlib.sha256(source).hexdigest()[:8]

    def make(products: int) -> str:
        from tests.skeleton import skeleton_build

        def build(name: str) -> None:
            _clone(migrated_template, name)
            _use(name)
            skeleton_build(products=products)

        with django_db_blocker.unblock():
            return _template(f"{migrated_template}_{products}_{version}", build)

    return make


@pytest.fixture(scope="session")
def django_db_setup(migrated_template, django_db_blocker) -> Iterator[None]:
    """pytest-django's database: a clone of the template, one for each worker."""
    name = f"test_{os.getpid()}"
    with django_db_blocker.unblock():
        _clone(migrated_template, name)
        _use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _drop(name)


@contextmanager
def cloned_database(template: str) -> Iterator[str]:
    """A database of its own with real commits, for this process and all its threads."""
    before = connections.settings["default"]["NAME"]
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _clone(template, name)
    _use(name)
    try:
        yield name
    finally:
        _use(before)
        _drop(name)


@pytest.fixture
def real_db(django_db_setup, migrated_template, django_db_blocker) -> Iterator[str]:
    """Real transactions: what is committed stays until the test ends. For races and servers."""
    with django_db_blocker.unblock(), cloned_database(migrated_template) as name:
        yield name


@pytest.fixture
def skeleton_shop(
    request, django_db_setup, skeleton_template, django_db_blocker
) -> Iterator[int]:
    """A database of its own with so many products as the (indirect) parameter says, else 20,000."""
    products = getattr(request, "param", 20_000)
    template = skeleton_template(products)
    with django_db_blocker.unblock(), cloned_database(template):
        yield products


@pytest.fixture
def live_shop(real_db) -> Iterator[LiveServer]:
    """The shop behind a real HTTP server, on a database of its own; ``live_shop.url``."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def demo_db(django_db_setup, demo_template, django_db_blocker) -> Iterator[str]:
    """The tiny demo shop, with real transactions."""
    with django_db_blocker.unblock(), cloned_database(demo_template) as name:
        yield name


@pytest.fixture
def live_demo(demo_db) -> Iterator[LiveServer]:
    """The tiny demo shop behind a real HTTP server; ``live_demo.url``."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch):
    """Caches of its own for each test: workers share one Redis, so nobody flushes it."""
    prefix = f"test-{os.getpid()}-{next(_numbers)}"
    for name in ("default", "local"):
        monkeypatch.setitem(caches.settings[name], "KEY_PREFIX", prefix)
        monkeypatch.setattr(caches[name], "key_prefix", prefix)


@pytest.fixture(autouse=True)
def _language():
    """A page that was asked for leaves its language active, until the next request sets one."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _tasks():
    """A worker knows all tasks; this process plays the worker."""
    current_app.loader.import_default_modules()


@pytest.fixture
def outbox_tasks(settings):
    """Django's tasks (Wagtail's, the search index's) wait in the outbox, as in production."""
    backend = "foundation.core.task_backend.OutboxBackend"
    settings.TASKS = {"default": {"BACKEND": backend}}
