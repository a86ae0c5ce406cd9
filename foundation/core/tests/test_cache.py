"""Against a Redis of the tests' own, which they stop, freeze, fill and start again."""

import contextlib
import logging
import os
import pickle
import shutil
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from django_prometheus.cache import metrics

from foundation.core import cache as cache_module
from foundation.core.cache import PAUSE, RedisCache, outage_of
from tests.reliability.processes import Redis, services

TIME_OUT = 0.25
OPTIONS = {"socket_connect_timeout": TIME_OUT, "socket_timeout": TIME_OUT}


@pytest.fixture
def server() -> Iterator[Redis]:
    folder, lock = services.ephemeral_folder()
    account = services.servers_account()
    password = services.kept_password(folder / "password", account)
    program = services.redis_program(account, False)
    server = Redis(folder, password, account, True, program)
    server.start()
    server.wait()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()


@pytest.fixture
def cache(server) -> RedisCache:
    return RedisCache(server.url, {"KEY_PREFIX": "test", "OPTIONS": OPTIONS})


@pytest.fixture(autouse=True)
def warnings_are_counted_anew(monkeypatch):
    monkeypatch.setattr(cache_module.logger.filters[0], "_next", 0.0)


def stopped(server: Redis) -> None:
    server.stop()


def hanging(server: Redis) -> None:
    server.pause()


def full(server: Redis) -> None:
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")


def read_only(server: Redis) -> None:
    with server.client() as client:
        client.replicaof("127.0.0.1", "9")  # nobody is there: nothing is copied


def locked(server: Redis) -> None:
    """Each connection is refused: another password."""
    with server.client() as client:
        client.config_set("requirepass", "another")
        client.client_kill_filter(_type="normal", skipme=True)


def loading(server: Redis) -> None:
    """Each command is refused, as while a snapshot is read."""
    server.stop()
    stub = LoadingServer(("127.0.0.1", server.port), LoadingHandler)
    Thread(target=stub.serve_forever, daemon=True).start()
    server.stop = lambda: (stub.shutdown(), stub.server_close())


class LoadingServer(ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class LoadingHandler(StreamRequestHandler):
    def handle(self):
        while self.rfile.readline():
            self.wfile.write(b"-LOADING Redis is loading the dataset in memory\r\n")


OUTAGES = [stopped, hanging, full, read_only, locked, loading]


@pytest.mark.parametrize("outage", OUTAGES)
def test_no_operation_raises_in_an_outage(server, cache, outage):
    cache.set("kept", 1)
    outage(server)

    assert cache.get("new", "default") == "default"
    assert cache.get_many(["new"]) == {}
    assert cache.get_or_set("new", "made", 10) == "made"
    assert not cache.add("new", 1)
    assert not cache.has_key("new")
    assert not cache.touch("new")
    assert not cache.delete("new")
    cache.set("new", 1)
    cache.set_many({"new": 1, "newer": 2})
    cache.delete_many(["new", "newer"])
    for counting in (cache.incr, cache.decr, cache.incr_version):
        with pytest.raises(ValueError):
            counting("new")


def test_clear_does_not_raise_in_an_outage(server, cache):
    server.stop()

    assert not cache.clear()


@pytest.mark.parametrize("outage", [stopped, hanging])
def test_outage_costs_a_moment_and_not_each_request(server, cache, outage):
    outage(server)
    began = time.monotonic()

    for _ in range(1_000):
        cache.get("key")
        if time.monotonic() - began > PAUSE:
            break

    assert time.monotonic() - began < PAUSE + 3 * TIME_OUT


def test_hanging_server_holds_up_a_question_no_longer_than_its_time_outs(server, cache):
    server.pause()
    began = time.monotonic()

    cache.get("key")

    assert time.monotonic() - began < 3 * TIME_OUT


def test_all_threads_know_of_the_outage(server):
    server.pause()
    RedisCache(server.url, {"OPTIONS": OPTIONS}).get("key")
    began = time.monotonic()

    threads = [
        Thread(target=RedisCache(server.url, {"OPTIONS": OPTIONS}).get, args=["key"])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - began < TIME_OUT


@pytest.mark.parametrize("outage", [stopped, hanging])
def test_cache_is_used_again_a_second_after_its_return(server, cache, outage):
    outage(server)
    cache.get("key")
    (server.resume if outage is hanging else server.run_again)()
    began = time.monotonic()

    while cache.get("key") != "value":
        cache.set("key", "value")
        assert time.monotonic() - began < PAUSE + 2 * TIME_OUT, "not used again"
        time.sleep(0.02)


def test_full_server_is_still_read(server, cache):
    cache.set("key", "value")
    full(server)

    cache.set("other", "value")

    assert cache.get("key") == "value"


@pytest.mark.parametrize("outage", [hanging, full])
@pytest.mark.parametrize(
    "write",
    [
        lambda cache: cache.set("key", 2, None),
        lambda cache: cache.set_many({"key": 2}),
        lambda cache: cache.incr("key"),
    ],
)
def test_value_that_could_not_be_replaced_is_not_believed_again(
    server, cache, outage, write
):
    cache.set("key", 1, None)
    outage(server)
    with contextlib.suppress(ValueError):
        write(cache)

    server.resume()
    cache._cache._outage.breaker.succeeded()

    assert cache.get("key") is None


def test_value_that_could_not_be_deleted_is_not_believed_again(server, cache):
    cache.set("key", "old", None)
    server.pause()
    cache.delete("key")

    server.resume()
    cache._cache._outage.breaker.succeeded()

    assert cache.get("key") is None


def test_lost_keys_are_kept_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(cache_module, "LOST_KEYS", 3)
    outage = cache_module.Outage()

    outage.lose(["a", "b", "c", "a", "d"])

    assert list(outage._lost) == ["c", "a", "d"]


class Hostile:
    """Its pickle makes a file where it is read."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_that_somebody_wrote_into_redis_is_run(server, cache, tmp_path):
    hostile = pickle.dumps(Hostile(tmp_path / "run"))
    with server.client() as client:
        client.set(cache.make_key("key"), hostile)

    assert cache.get("key", "default") == "default"
    assert cache.get_many(["key"]) == {}
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [b"", b"\xff", b"{", b"[" * 100_000])
def test_value_that_cannot_be_read_is_a_miss(server, cache, value):
    cache.set("key", "value")
    with server.client() as client:
        client.set(cache.make_key("unreadable"), value)

    assert cache.get("unreadable", "default") == "default"
    assert cache.get("key") == "value"


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 7, -1, 1.5, "7", "größer", [], [1, ["a"]], {"a": {"b": None}}),
        *({1: "English", 2: "German"}, {"a": {1: {}}}, {}),
    ],
)
def test_plain_value_comes_back_as_it_was(cache, value):
    cache.set("key", value)

    found = cache.get("key", "absent")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "value", [time.sleep, object(), {1, 2}, Decimal(1), b"bytes", {(1, 2): 3}]
)
def test_value_that_is_not_plain_is_refused(cache, value):
    with pytest.raises(TypeError):
        cache.set("key", value)


def test_outage_is_logged_once_a_second(server, cache, caplog):
    full(server)

    with caplog.at_level(logging.WARNING, "foundation.core.cache"):
        for _ in range(50):
            cache.set("key", "value")

    assert len(caplog.records) == 1
    assert "The cache refused" in caplog.text


def test_everything_works_with_a_server_that_does(cache):
    assert cache.add("key", 1, 10)
    assert not cache.add("key", 2, 10)
    assert cache.incr("key", 2) == 3
    assert cache.decr("key") == 2
    assert cache.touch("key", 20)
    assert cache.get_or_set("other", list, None) == []
    assert cache.get_many(["key", "other", "none"]) == {"key": 2, "other": []}
    cache.set("versioned", "new", version=2)
    assert (cache.get("versioned"), cache.get("versioned", version=2)) == (None, "new")
    assert cache.set_many({"a": 1, "b": 2}, 10) == []
    cache.delete_many(["a", "b"])
    assert not cache.has_key("a")
    assert cache.delete("key")
    with pytest.raises(ValueError):
        cache.incr("key")
    assert cache.clear()
    assert cache.get("other") is None


def test_reads_are_counted(server, cache):
    def counts():
        return [
            counter.labels("redis")._value.get()
            for counter in (
                metrics.django_cache_get_total,
                metrics.django_cache_hits_total,
                metrics.django_cache_misses_total,
                metrics.django_cache_get_fail_total,
            )
        ]

    before = counts()
    cache.set("key", 1)
    cache.get("key")
    cache.get("none")
    server.stop()
    cache.get("key")

    assert [now - then for now, then in zip(counts(), before, strict=True)] == [
        3,
        1,
        1,
        1,
    ]


def test_each_server_has_an_outage_of_its_own():
    assert outage_of("redis://a") is outage_of("redis://a")
    assert outage_of("redis://a") is not outage_of("redis://b")
