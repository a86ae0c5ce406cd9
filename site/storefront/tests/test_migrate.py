import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from storefront.management.commands.migrate import LOCK
from storefront.settings.env import ROOT


def migrate(database: str, *arguments: str) -> subprocess.Popen[str]:
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": f"{server}/{database}",
            "DJANGO_SETTINGS_MODULE": "storefront.settings.test",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_migrations_wait_for_each_other_and_both_succeed(real_db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
        cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE")
    params = connection.get_connection_params()
    keys = ("dbname", "host", "port", "user", "password")
    known = {key: params[key] for key in keys if params.get(key)}
    with psycopg.connect(**known, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        both = [migrate(real_db, "core", "--fake") for _ in range(2)]
        with pytest.raises(subprocess.TimeoutExpired):
            both[0].wait(8)
        assert both[1].poll() is None
        holder.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        said = [each.communicate(timeout=60)[0] for each in both]

    assert [each.returncode for each in both] == [0, 0]
    assert sorted("No migrations to apply" in each for each in said) == [False, True]


def test_looking_for_migrations_waits_for_nobody(real_db):
    params = connection.get_connection_params()
    keys = ("dbname", "host", "port", "user", "password")
    known = {key: params[key] for key in keys if params.get(key)}
    with psycopg.connect(**known, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])

        assert migrate(real_db, "--check").wait(60) == 0
