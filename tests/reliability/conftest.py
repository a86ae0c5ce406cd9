"""Shops of real processes; one at a time on a machine, so that they measure themselves."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.reliability.processes import Postgres, Shop, services

EDITOR, PASSWORD = "editor@example.com", "correct horse battery"
FORM_ADDRESS = "answers@example.com"
STOCK = 1_000_000
FOR_FAULTS = """
UPDATE partner_stockrecord SET num_in_stock = %(stock)s, num_allocated = 0
 WHERE num_in_stock IS NOT NULL;
UPDATE cms_pages_formpage SET to_address = %(form_address)s;
INSERT INTO accounts_user (email, password, first_name, last_name, is_staff, is_active, is_superuser, date_joined)
VALUES (%(editor)s, %(password)s, 'Edith', 'Editor', true, true, true, now());
DELETE FROM core_outboxentry;
ANALYZE;
"""


@pytest.fixture(scope="session")
def prepared(demo_template, django_db_blocker) -> Iterator[Path]:
    """A folder with a stopped cluster that holds the tiny demo shop, and its media."""
    folder, lock = services.ephemeral_folder()
    account = services.servers_account()
    password = services.kept_password(folder / "password", account)
    bindir = services.postgres_bindir(account, False)
    cluster = Postgres(folder, password, account, True, bindir)
    try:
        cluster.prepare()
        cluster.start()
        cluster.wait()
        with django_db_blocker.unblock():
            media = Path(_restore(demo_template, cluster.url, bindir))
        _adapt(cluster.url)
        cluster.stop()
        shutil.copytree(media, folder / "media")
        yield folder
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def _restore(template: str, url: str, bindir: Path) -> str:
    """Copy the demo database into the cluster; where its media are."""
    from django.conf import settings

    params = connection.get_connection_params()
    names = {"host": "host", "port": "port", "user": "user", "password": "password"}
    source = make_conninfo(
        dbname=template, **{names[key]: params[key] for key in names if params.get(key)}
    )
    dump = [bindir / "pg_dump", "--no-owner", "--no-privileges", "--dbname", source]
    load = [bindir / "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", url]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(
            load, stdin=dumping.stdout, check=True, stdout=subprocess.DEVNULL
        )
    assert dumping.returncode == 0
    return str(settings.MEDIA_ROOT)


def _adapt(url: str) -> None:
    """Enough of everything to sell, somebody who may edit, no work left over."""
    values = {
        "stock": STOCK,
        "form_address": FORM_ADDRESS,
        "editor": EDITOR,
        "password": make_password(PASSWORD),
    }
    with psycopg.connect(url, autocommit=True) as server:
        for statement in FOR_FAULTS.strip().rstrip(";").split(";\n"):
            server.execute(statement, values)


@pytest.fixture(autouse=True)
def alone(request) -> Iterator[None]:
    """Two tests of faults at once would measure each other."""
    if "prepared" not in request.fixturenames:
        yield
        return
    prepared: Path = request.getfixturevalue("prepared")
    with (prepared.parent / "reliability.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def _shared() -> Iterator[list[Shop]]:
    shops: list[Shop] = []
    yield shops
    for shop in shops:
        shop.close()


@pytest.fixture
def shop(prepared, _shared) -> Shop:
    """One shop for many tests, a new one after a test that left it ill."""
    if not (_shared and _shared[0].is_well):
        while _shared:
            _shared.pop().close()
        _shared.append(Shop(prepared, workers=2, beats=2))
        _shared[0].__enter__()
    return _shared[0]


@pytest.fixture
def make_shop(prepared) -> Iterator[Callable[..., Shop]]:
    """``make_shop(workers=2, …)``: a started shop that ends with the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Shop(prepared, **options))
