"""A real gunicorn whose threads are taken by requests: what probes and Prometheus notice."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from subprocess import STDOUT, Popen

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from tests.infrastructure.test_kubernetes_ingress import free_port, wait_for
from tests.reliability.stuck_requests import (
    PART_SECONDS,
    PARTS,
    STUCK_REQUEST_SECONDS,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

CHECKOUT = Path(__file__).resolve().parents[2]
PROCESSES, THREADS = 2, 2
PART_BYTES = 128 * 1024


@dataclass
class Server:
    port: int
    metrics_port: int
    log: Path

    def probe(self, path: str = "/healthz/") -> tuple[int, str]:
        """Status and body of one request of Kubernetes or Prometheus."""
        connection = HTTPConnection("127.0.0.1", self.metrics_port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metric(self, series: str) -> float:
        found = re.search(
            rf"^{re.escape(series)} (\S+)$", self.probe("/metrics")[1], re.MULTILINE
        )
        assert found, series
        return float(found[1])

    def ask(self, path: str) -> HTTPConnection:
        """Send a visitor's request without waiting for the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    port, metrics_port, log = free_port(), free_port(), folder / "log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.reliability.stuck_requests",
        "DATABASE_STATEMENT_SECONDS": "1",
        "LISTEN": "127.0.0.1",
        "PORT": str(port),
        "METRICS_PORT": str(metrics_port),
        "RUN_DIR": str(folder / "run"),
        "PYTHONPATH": f"{CHECKOUT / 'site'}:{CHECKOUT}",
        "WEB_CONCURRENCY": str(PROCESSES),
        "GUNICORN_THREADS": str(THREADS),
        "GUNICORN_GRACEFUL_TIMEOUT": "1",
    }
    gunicorn = [sys.executable, "-m", "gunicorn", "storefront.wsgi"]
    gunicorn += ["--config", "docker/gunicorn.conf.py"]
    with log.open("wb") as output:
        process = Popen(
            gunicorn, env=environment, cwd=CHECKOUT, stdout=output, stderr=STDOUT
        )
    try:
        wait_for(port, process)
        server = Server(port, metrics_port, log)
        while server.metric('storefront_request_threads{state="idle"}') < (
            PROCESSES * THREADS
        ):
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_liveness_never_fails_while_requests_move_or_the_database_is_slow(server):
    """An upload and an export that go on, and statements that PostgreSQL's limit ends."""
    ends = time.monotonic() + PARTS * PART_SECONDS + 0.5
    statuses: list[int] = []

    def wait_for_statements() -> None:
        while time.monotonic() < ends:
            statuses.append(server.ask("/statement/60/").getresponse().status)

    def upload() -> None:
        file = SimpleUploadedFile("plain.txt", b"x" * PARTS * PART_BYTES, "text/plain")
        body = encode_multipart("x", {"file": file})

        def parts() -> Iterator[bytes]:
            for start in range(0, len(body), PART_BYTES):
                time.sleep(PART_SECONDS)
                yield body[start : start + PART_BYTES]

        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {
            "Host": "localhost",
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(len(body)),
        }
        connection.request("POST", "/upload/", parts(), headers)
        moved.append(connection.getresponse().read())

    def export() -> None:
        moved.append(server.ask("/export/").getresponse().read())

    moved: list[bytes] = []
    visitors = [
        threading.Thread(target=target)
        for target in (upload, export, *[wait_for_statements] * 2)
    ]
    for visitor in visitors:
        visitor.start()
    answers, oldest = set(), []
    while time.monotonic() < ends:
        answers.add(server.probe())
        oldest.append(server.metric("storefront_requests_oldest_seconds"))
        time.sleep(0.1)
    for visitor in visitors:
        visitor.join(30)

    assert answers == {(200, "ok")}
    assert max(oldest) < STUCK_REQUEST_SECONDS
    assert set(statuses) == {503}
    assert len(statuses) >= 2
    assert set(moved) == {b"part" * PARTS, str(PARTS * PART_BYTES).encode()}


# The last one: the server stays stuck.
def test_liveness_fails_in_every_process_once_a_request_is_stuck(server):
    with ExitStack() as visitors:
        asked = time.monotonic()
        while server.metric('storefront_request_threads{state="idle"}'):
            visitors.callback(server.ask("/wait/60/").close)
        first = server.metric("storefront_requests_oldest_seconds")

        assert server.metric('storefront_request_threads{state="busy"}') == (
            PROCESSES * THREADS
        )
        assert server.probe() == (200, "ok")
        time.sleep(asked + STUCK_REQUEST_SECONDS + 1 - time.monotonic())
        assert server.metric("storefront_requests_oldest_seconds") > first + 1
        answers = {server.probe() for _ in range(20)}  # some by either process

    assert answers == {(503, "a request is stuck")}
    log = server.log.read_text()
    assert log.count("A request is stuck") <= PROCESSES * THREADS
    assert "in wait\n    sleep(seconds)" in log
