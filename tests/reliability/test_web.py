"""Web workers that are killed while people order."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load
from tests.reliability.processes import WEB_THREADS, Shop
from tests.reliability.servers import services

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

KILLS = 10


def test_killing_web_workers_in_the_middle_of_orders_loses_and_doubles_none(
    shop, record_property
):
    before = Before.of(shop)

    with Load(shop, shoppers=3) as load:
        for _ in range(KILLS):
            load.wait_for_orders(1)
            shop.web.kill_child()
            load.for_seconds(0.3)

    report = settle(shop, load.truth, before, f"{KILLS} web workers killed")
    record_property("report", str(report))
    assert not [each for each in load.truth.answers if each.status >= 500]


def test_probes_are_answered_while_all_threads_are_busy_with_visitors(prepared):
    one_process = {"WEB_CONCURRENCY": "1"}  # of two, the other might answer
    shop = Shop(prepared, workers=0, beats=0, extra=one_process)
    shop.metrics_ports["web"] = services.free_port()
    inside = f"http://127.0.0.1:{shop.metrics_ports['web']}"

    with shop, ExitStack() as visitors:
        for _ in range(2 * WEB_THREADS):
            address = ("127.0.0.1", shop.web_port)
            visitor = visitors.enter_context(socket.create_connection(address))
            visitor.sendall(b"GET / HTTP/1.1\r\n")  # the rest of it never comes

        with pytest.raises(TimeoutError):
            urlopen(f"{shop.url}/healthz/", timeout=2)  # noqa: S310 -- our own
        for path in ("/healthz/", "/readyz/", "/metrics"):
            with urlopen(inside + path, timeout=2) as answer:  # noqa: S310 -- our own
                assert answer.status == 200
