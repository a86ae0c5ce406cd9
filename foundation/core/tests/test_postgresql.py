"""Against a PostgreSQL of the tests' own, which they stop, freeze and start again."""

import shutil
import time
from collections.abc import Callable, Iterator
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.db import DataError, OperationalError, ProgrammingError

from foundation.core.postgresql.base import (
    HEALTH_TIMEOUT,
    PAUSE,
    DatabaseWrapper,
    breaker_of,
)
from tests.reliability.processes import Postgres, services

ANSWER_TIMEOUT = 0.6
CONNECT_TIMEOUT = 2
SETTINGS: dict = {
    "ENGINE": "foundation.core.postgresql",
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "TIME_ZONE": None,
    "TEST": {},
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    folder, lock = services.ephemeral_folder()
    account = services.servers_account()
    password = services.kept_password(folder / "password", account)
    cluster = Postgres(
        folder, password, account, True, services.postgres_bindir(account, False)
    )
    cluster.prepare()
    cluster.start()
    cluster.wait()
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()


@pytest.fixture
def server(cluster) -> Iterator[Postgres]:
    """The cluster, running again after the test."""
    yield cluster
    cluster.resume()
    if cluster.process.poll() is not None:
        cluster.run_again()
    breaker_of("127.0.0.1", str(cluster.port)).succeeded()


@pytest.fixture
def connect(server, django_db_blocker) -> Iterator[Callable[..., DatabaseWrapper]]:
    made = []

    def connect(answer_timeout: float | None = ANSWER_TIMEOUT) -> DatabaseWrapper:
        url = urlsplit(server.url)
        about = {"NAME": url.path[1:], "USER": url.username, "PASSWORD": url.password}
        place = {"HOST": url.hostname, "PORT": url.port}
        limits = {"connect_timeout": CONNECT_TIMEOUT, "answer_timeout": answer_timeout}
        made.append(
            DatabaseWrapper(SETTINGS | about | place | {"OPTIONS": limits}, "default")
        )
        made[-1].inc_thread_sharing()
        return made[-1]

    with django_db_blocker.unblock():
        yield connect
    for each in made:
        each.close()


def ask(database: DatabaseWrapper, statement: str = "SELECT 1") -> object:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def seconds(action: Callable[[], object]) -> float:
    """How long it takes to fail for want of a database."""
    began = time.monotonic()
    with pytest.raises(OperationalError):
        action()
    return time.monotonic() - began


def test_statement_in_a_hanging_server_ends_with_the_time_for_answers(server, connect):
    database = connect()
    ask(database)
    server.pause()

    taken = seconds(lambda: ask(database))

    assert ANSWER_TIMEOUT <= taken < ANSWER_TIMEOUT + 0.3
    assert database.connection.closed


def test_statement_may_take_its_time_where_no_limit_is_set(server, connect):
    database = connect(answer_timeout=None)

    assert ask(database, f"SELECT pg_sleep({ANSWER_TIMEOUT * 2})::text") == ""


def test_commit_in_a_hanging_server_ends_too(server, connect):
    database = connect()

    def commit():
        database.set_autocommit(False)
        ask(database)
        server.pause()
        database.commit()

    assert seconds(commit) < ANSWER_TIMEOUT + 0.3


def test_kept_connection_is_given_up_quickly(server, connect):
    database = connect(answer_timeout=30)
    ask(database)
    server.pause()
    database.health_check_done = False

    assert seconds(lambda: ask(database)) < HEALTH_TIMEOUT + 0.3


def test_connecting_to_a_hanging_server_ends(server, connect):
    server.pause()

    assert seconds(lambda: ask(connect())) < CONNECT_TIMEOUT + 0.3


def test_one_thread_waits_for_a_hanging_server_and_the_others_do_not(server, connect):
    server.pause()
    breaker = breaker_of("127.0.0.1", str(server.port))
    breaker.failed()
    time.sleep(PAUSE * 1.1)
    taken = []
    databases = [connect() for _ in range(8)]

    threads = [
        Thread(target=lambda each=each: taken.append(seconds(lambda: ask(each))))
        for each in databases
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([each for each in taken if each < 0.3]) == len(databases) - 1
    assert max(taken) < CONNECT_TIMEOUT + 0.3


@pytest.mark.parametrize("outage", ["stopped", "hanging"])
def test_connection_is_made_again_soon_after_the_return(server, connect, outage):
    database = connect()
    ask(database)
    server.stop() if outage == "stopped" else server.pause()
    seconds(lambda: ask(database))
    seconds(lambda: ask(connect()))

    server.run_again() if outage == "stopped" else server.resume()
    began = time.monotonic()
    while True:
        database.close_if_unusable_or_obsolete()  # as at the start of a request
        try:
            assert ask(database) == 1
            break
        except OperationalError:
            time.sleep(0.02)

    assert time.monotonic() - began < 1


def test_stopped_server_is_known_at_once(server, connect):
    server.stop()
    assert seconds(lambda: ask(connect())) < 0.3


def test_transaction_that_the_server_ended_is_an_outage(connect):
    """An error of the database's operation, no internal one, as psycopg has it."""
    database = connect()
    ask(
        database,
        "SELECT set_config('idle_in_transaction_session_timeout', '50', false)",
    )
    database.set_autocommit(False)
    ask(database)
    time.sleep(0.2)

    seconds(lambda: ask(database))

    assert database.connection.closed


def test_programming_errors_keep_their_kind(connect):
    database = connect()

    with pytest.raises(ProgrammingError):
        ask(database, "SELECT * FROM nothing_of_this_name")
    with pytest.raises(DataError):
        ask(database, "SELECT 1 / 0")
