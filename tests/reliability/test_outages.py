"""PostgreSQL or Redis stops, hangs, fills up: what visitors and probes notice, with real gunicorn."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.reliability.processes import PROXY_HEADERS, Shop, wait_for

NEED_DATABASE = ["/", "/catalogue/", "/search/?q=a", "/de/"]
PAGES = [*NEED_DATABASE, "/basket/", "/visitor/", "/cms/login/"]
PROBES, PROBES_A_SECOND = 5_000, 1_000
PROBE_SECONDS = 3  # an answer counts for one, asking anew may take two


@dataclass(frozen=True)
class Answer:
    began: float
    status: int
    seconds: float
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict:
        return json.loads(self.text)


@pytest.fixture(scope="module")
def running(prepared) -> Iterator[Shop]:
    with Shop(prepared, workers=0, beats=0) as shop:
        shop.sql("ALTER SYSTEM SET log_connections = on")
        shop.sql("SELECT pg_reload_conf()")
        yield shop


@pytest.fixture
def shop(running) -> Iterator[Shop]:
    """A shop of web processes alone, well and warm; well again after the test."""
    wait_for(
        lambda: all(ask(running, page).status == 200 for page in PAGES), "warm", 30
    )
    wait_for(lambda: ready(running).json["status"] == "ok", "all services", 10)
    yield running
    running.postgres.resume()
    running.redis.resume()
    for server in (running.postgres, running.redis):
        if server.process.poll() is not None:
            server.run_again()


def ask(shop: Shop, path: str, headers: dict | None = None) -> Answer:
    began = time.monotonic()
    with closing(HTTPConnection("localhost", shop.web_port, timeout=30)) as connection:
        connection.request("GET", path, headers=PROXY_HEADERS | (headers or {}))
        response = connection.getresponse()
        text = response.read().decode()
    seconds = time.monotonic() - began
    return Answer(began, response.status, seconds, dict(response.headers), text)


def ready(shop: Shop) -> Answer:
    return ask(shop, "/readyz/", {"Host": "10.1.2.3"})


def stopped(server) -> Callable[[], None]:
    server.stop()
    return server.run_again


def hanging(server) -> Callable[[], None]:
    server.pause()
    return server.resume


def full(server) -> Callable[[], None]:
    with server.client() as client:
        client.config_set("maxmemory", "1")

    def empty():
        with server.client() as client:
            client.config_set("maxmemory", "0")

    return empty


def slow(outage: Callable):
    return pytest.param(outage, marks=pytest.mark.slow)


# --- Redis ------------------------------------------------------------------------


@pytest.mark.parametrize("outage", [slow(stopped), hanging, slow(full)])
def test_shop_works_without_redis_and_hardly_slower(shop, outage):
    end = outage(shop.redis)

    answers = [ask(shop, page) for _ in range(3) for page in PAGES]
    wait_for(
        lambda: ready(shop).json["status"] == "degraded",
        "the probe says so",
        PROBE_SECONDS,
    )
    probe = ready(shop)

    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) < 1.5
    assert (probe.status, probe.json["status"]) == (200, "degraded")
    assert probe.json["checks"]["cache"] == "degraded"
    end()
    wait_for(lambda: ready(shop).json["checks"]["cache"] == "ok", "cache is back", 3)


# --- PostgreSQL -------------------------------------------------------------------


@pytest.mark.parametrize("outage", [stopped, slow(hanging)])
def test_visitors_read_that_the_shop_is_back_in_a_moment(shop, outage):
    outage(shop.postgres)

    answers = [ask(shop, page) for _ in range(2) for page in NEED_DATABASE]

    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < 5.5
    for answer in answers:
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Security-Policy" in answer.headers
    assert "gleich wieder da" in answers[NEED_DATABASE.index("/de/")].text
    assert ask(shop, "/healthz/").status == 200
    wait_for(lambda: ready(shop).status == 503, "the probe says so", PROBE_SECONDS)


@pytest.mark.parametrize("outage", [stopped, slow(hanging)])
def test_all_pages_are_back_within_a_second(shop, outage):
    end = outage(shop.postgres)
    with visitors(shop, 8) as answers:
        time.sleep(4)
        end()
        back_at = time.monotonic()
        time.sleep(4)
    later = [answer for answer in answers if answer.began > back_at + 1]

    assert {answer.status for answer in later} == {200}


@pytest.mark.slow
def test_hanging_database_holds_up_few_requests(shop):
    shop.postgres.pause()
    with visitors(shop, 8) as answers:
        time.sleep(6)
    slow = [answer.seconds for answer in answers if answer.seconds > 1]

    assert {answer.status for answer in answers} == {503}
    assert max(slow, default=0) < 5.5
    assert len(slow) < len(answers) / 4


@pytest.mark.slow
def test_statement_that_hangs_ends_in_time(shop):
    """The server freezes while requests wait for their statements."""
    with visitors(shop, 8) as answers:
        time.sleep(1)
        shop.postgres.pause()
        time.sleep(7)

    assert {answer.status for answer in answers} == {200, 503}
    assert max(answer.seconds for answer in answers) < 7


@contextmanager
def visitors(shop: Shop, count: int) -> Iterator[list[Answer]]:
    """So many people ask for page after page until the block ends."""
    answers: list[Answer] = []
    over = threading.Event()

    def visit(number: int) -> None:
        while not over.is_set():
            answers.append(ask(shop, NEED_DATABASE[number % len(NEED_DATABASE)]))
            number += 1

    threads = [threading.Thread(target=visit, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


# --- Probes -----------------------------------------------------------------------


def test_probe_of_a_hanging_database_is_refused_within_the_limit(shop):
    shop.postgres.pause()
    time.sleep(1)  # what was known is told for a second

    answers = [ready(shop) for _ in range(5)]

    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < 2


@pytest.mark.slow
@pytest.mark.parametrize("outage", [None, hanging])
def test_a_thousand_probes_a_second_touch_the_database_once(
    shop, outage, record_property
):
    if outage:
        outage(shop.postgres)
    before, threads = connections(shop), threads_of(shop)

    seconds = probes(shop)

    record_property("probes_a_second", PROBES / seconds)
    assert threads_of(shop) <= threads + 4 * 2  # one for each check and process
    shop.postgres.resume()
    time.sleep(0.5)
    assert 1 <= connections(shop) - before <= seconds + 2


def connections(shop: Shop) -> int:
    return Path(shop.postgres.log).read_text().count("connection received")


def threads_of(shop: Shop) -> int:
    return sum(
        len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in shop.web.children
    )


def probes(shop: Shop) -> float:
    """Send a thousand probes a second, or as many as this machine can; the seconds they took."""
    senders = 20

    def send() -> None:
        with closing(HTTPConnection("localhost", shop.web_port, timeout=30)) as kept:
            due = time.monotonic()
            for _ in range(PROBES // senders):
                time.sleep(max(0, due - time.monotonic()))
                kept.request("GET", "/readyz/")
                kept.getresponse().read()
                due += senders / PROBES_A_SECOND

    began = time.monotonic()
    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began
