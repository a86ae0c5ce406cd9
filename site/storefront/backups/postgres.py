"""PostgreSQL's own programs, told by the environment what nobody may see."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from psycopg import sql

from storefront.backups.archive import BackupError

CONNECT_SECONDS = 10
LOCK_SECONDS = 30


def command(program: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The program with its arguments and its environment; the password is in the latter."""
    (_psql, *parameters), environment = DatabaseClient.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    return [program, *arguments, *parameters], {
        **os.environ,
        **(environment or {}),
        "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS),
    }


@contextmanager
def running(arguments: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The program while it runs. Raises: BackupError with its last words where it fails."""
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603  # PostgreSQL's programs, our arguments
                arguments, stderr=errors, **options
            )
        except FileNotFoundError as error:
            raise BackupError(
                f"{arguments[0]} is missing: install PostgreSQL's client programs "
                "(Debian: apt install postgresql-client)."
            ) from error
        try:
            with process:  # which waits for its end
                yield process
        except BrokenPipeError:
            pass  # it has ended already: its own words say why
        except BackupError:
            if not process.returncode:
                raise  # else the program that it was fed by failed for its sake
        if process.returncode:
            errors.seek(0)
            raise BackupError(
                error_line(errors.read().decode(errors="replace"))
                or f"{arguments[0]} failed."
            )


def tables() -> list[str]:
    """Tables of the schema `public`, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def rows_by_table() -> dict[str, int]:
    """Exact numbers of rows; one statement a table."""
    counts = {}
    with connection.cursor() as cursor:
        for name in tables():
            cursor.execute(
                sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))
            )
            counts[name] = cursor.fetchone()[0]
    return counts


@contextmanager
def database_named() -> Iterator[None]:
    """What the database's driver raises, as one line of ours."""
    try:
        yield
    except DatabaseError as error:
        raise BackupError(
            f"The database can't be read: {error_line(str(error))}"
        ) from error


@contextmanager
def alone() -> Iterator[None]:
    """No other backup of this database is made or expires while the block lasts.

    Raises: BackupError where one does.
    """
    with database_named(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('backup'))")
        if not cursor.fetchone()[0]:
            raise BackupError("Another backup of this database is being made.")
    try:
        yield
    finally:
        connection.close()  # which ends the lock, also where the server is gone


@contextmanager
def snapshot() -> Iterator[str]:
    """One view of the data, kept while the block lasts; yields its name for pg_dump."""
    with database_named(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


@contextmanager
def dumped(snapshot_name: str) -> Iterator[IO[bytes]]:
    """The database as a stream in pg_dump's custom format."""
    arguments, environment = command(
        "pg_dump",
        "--format=custom",
        "--no-password",
        f"--lock-wait-timeout={LOCK_SECONDS}s",
        f"--snapshot={snapshot_name}",
    )
    with running(arguments, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101  # a pipe was asked for
        yield process.stdout


def restored(dump: Any, *, rows: dict[str, int]) -> None:
    """Put the schema `public` of the dump in the place of ours: all of it or nothing.

    Everything happens in one transaction, which ends only after every table was found to have as
    many rows as ``rows`` says.

    Raises: BackupError; the database is as it was.
    """
    arguments, environment = command(
        "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"
    )
    with running(
        arguments,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as psql:
        assert psql.stdin  # noqa: S101  # a pipe was asked for
        psql.stdin.write(BEGIN.encode())
        psql.stdin.flush()
        with running(
            ["pg_restore", "--no-owner", "--no-privileges", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=psql.stdin,
        ) as pg_restore:
            assert pg_restore.stdin  # noqa: S101
            while chunk := dump.read(1024 * 1024):
                pg_restore.stdin.write(chunk)
        # Only now: a script that ended early is rolled back.
        psql.stdin.write(checks(rows).encode() + b"COMMIT;\n")


BEGIN = f"""
BEGIN;
SET LOCAL lock_timeout = '{LOCK_SECONDS}s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema';  -- as initdb makes it
"""


def checks(rows: dict[str, int]) -> str:
    """Statements that fail where a table has another number of rows."""
    statement = """
        DO $$ BEGIN
          IF (SELECT count(*) FROM public.{table}) <> {count} THEN
            RAISE EXCEPTION 'table % has another number of rows than the backup', {name};
          END IF;
        END $$;
    """
    return "".join(
        sql.SQL(statement)
        .format(table=sql.Identifier(table), count=count, name=sql.Literal(table))
        .as_string(None)
        for table, count in rows.items()
    )


def error_line(text: str) -> str:
    """The first line that calls itself an error, else the first one."""
    lines = text.strip().splitlines() or [""]
    return next((line for line in lines if "error:" in line.lower()), lines[0])
