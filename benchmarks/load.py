"""Visitors: wrk for pages, guests who order for the checkout."""

from __future__ import annotations

import json
import secrets
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shop import Problem, program_path
from tests.reliability.people import DELIVERY, GUEST, Answer, Browser, fields_of

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What wrk saw; times in milliseconds."""

    requests: int
    bytes: int
    seconds: float
    p50: float
    p95: float
    errors: int


def pages_ask(
    url: str, method: str, paths: list[str], *, connections: int, seconds: int
) -> Load:
    """Ask for the paths in turn, over so many connections at once.

    Raises: Problem if one is refused, or none answered: then four times as long was not enough either.
    """
    for longer in (1, 4):
        load = wrk_run(url, method, paths, connections, seconds * longer)
        if load.errors:
            raise Problem(f"{method} {paths[0]}: {load.errors} errors")
        if load.requests:
            return load
    raise Problem(f"{method} {paths[0]}: no answer within {seconds * 4} s")


def wrk_run(
    url: str, method: str, paths: list[str], connections: int, seconds: int
) -> Load:
    wrk = program_path("wrk", "wrk")
    done = subprocess.run(
        [
            *(wrk, "--threads", "1", "--connections", str(connections)),
            *("--duration", f"{seconds}s", "--timeout", "10s", "--script", str(SCRIPT)),
            *(url, "--", method, *paths),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 30,
    )
    return Load(**json.loads(done.stdout.splitlines()[-1]))


class Guest:
    """Fills a basket, answers the checkout's questions, and waits at the last button."""

    def __init__(self, port: int, products: list[int]):
        self.answers: list[Answer] = []
        self.browser = Browser(port, self.answers)
        self.products = products
        self.form: list[tuple[str, str]] = []

    def walk(self) -> None:
        browser = self.browser
        for product in secrets.SystemRandom().sample(self.products, 2):
            browser.post(f"/basket/add/{product}/", {"quantity": "1"})
        email = f"guest-{secrets.token_hex(6)}@example.com"
        steps = (
            ("/checkout/shipping-address/", GUEST | {"email": email}),
            ("/checkout/shipping-method/", DELIVERY),
        )
        for path, data in steps:
            browser.get(path)
            token = {"csrfmiddlewaretoken": browser.cookies.get("csrftoken", "")}
            browser.post(path, data | token)
        form = browser.get("/checkout/preview/").html.select_one(
            "form:has(input[name=basket])"
        )
        if form is None:
            raise Problem(f"no order form: {self.answers[-1]}")
        self.form = fields_of(form)

    def order(self) -> None:
        answer = self.browser.post("/checkout/preview/", self.form)
        if answer.location != "/checkout/thank-you/":
            raise Problem(f"no order: {answer.status} {answer.location}")

    def read_thanks(self) -> None:
        self.browser.get("/checkout/thank-you/")


def at_once(guests: list[Guest], action: str, people: int) -> None:
    """Every guest does it, so many at the same time."""
    with ThreadPoolExecutor(people) as pool:
        for each in [pool.submit(getattr(guest, action)) for guest in guests]:
            each.result()


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return cuts[9] * 1000, cuts[18] * 1000
