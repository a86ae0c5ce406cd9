"""A real Prometheus scrapes two gunicorn workers, a Celery worker and beat under load."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest
import yaml
from django.urls import Resolver404, resolve

from tests.monitoring import MONITORING, asked_of_the_shop
from tests.reliability.load import Load
from tests.reliability.people import Answer, Browser
from tests.reliability.processes import Shop
from tests.reliability.servers import services, wait_for

JOBS = {
    "ecommerce-web": "web",
    "ecommerce-celery-worker": "worker",
    "ecommerce-celery-beat": "beat",
}
NONSENSE, NONSENSE_SEARCHES = "qwxyzzy", 7

pytestmark = pytest.mark.xdist_group("faults")


# --- Prometheus -------------------------------------------------------------------


class Prometheus:
    """The server with the rules of `monitoring/`, scraping one shop every second."""

    def __init__(self, shop: Shop):
        self.folder, self.port = shop.folder / "prometheus", services.free_port()
        self.jobs = {job: shop.metrics_ports[name] for job, name in JOBS.items()}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir()
        configuration = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(MONITORING / "rules/*.yaml")],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [f"localhost:{port}"]}]}
                for job, port in self.jobs.items()
            ],
        }  # fmt: skip
        path = self.folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(configuration))
        arguments = {
            "config.file": path,
            "storage.tsdb.path": self.folder / "data",
            "web.listen-address": f"127.0.0.1:{self.port}",
        }
        with (self.folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", *(f"--{name}={value}" for name, value in arguments.items())],
                stdout=log,
                stderr=log,
                preexec_fn=services.dying_with_us(signal.SIGTERM),  # noqa: PLW1509
            )  # fmt: skip
        wait_for(self.is_scraping, "Prometheus scrapes all targets", 60)
        return self

    def __exit__(self, *exception: object) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(30)

    def ask(self, path: str, **parameters: str) -> Any:
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urlencode(parameters)}"
        with urlopen(url, timeout=10) as answer:  # a fixed host
            return json.load(answer)["data"]

    def sums(self, series: str, *labels: str) -> Counter[tuple[str, ...]]:
        """Sums that are not 0, by these labels."""
        found = self.ask("query", query=f"sum by ({', '.join(labels)}) ({series})")
        return +Counter(
            {
                tuple(each["metric"][label] for label in labels): float(
                    each["value"][1]
                )
                for each in found["result"]
            }
        )

    def is_scraping(self) -> bool:
        try:
            return self.sums("up", "job").keys() == {(job,) for job in self.jobs}
        except OSError:
            return False

    def wait_for_scrapes(self) -> None:
        """Until every target was scraped after this moment."""
        now = time.time()
        wait_for(
            lambda: min(self.sums("timestamp(up)", "job").values()) > now,
            "a scrape of each target",
        )


@pytest.fixture
def watch(prepared) -> Iterator[Callable[..., tuple[Shop, Prometheus]]]:
    """``watch(VARIABLE=…)``: a shop, and the Prometheus that scrapes it; both end with the test."""
    if shutil.which("prometheus") is None:
        pytest.skip(
            "Prometheus is missing: install it (Debian: apt install prometheus)."
        )

    def start(**variables: str) -> tuple[Shop, Prometheus]:
        # Nobody is cut off while a worker of gunicorn is replaced, however slow the machine.
        shop = Shop(prepared, extra={"GUNICORN_GRACEFUL_TIMEOUT": "60"} | variables)
        shop.metrics_ports |= {name: services.free_port() for name in JOBS.values()}
        return stack.enter_context(shop), stack.enter_context(Prometheus(shop))

    with ExitStack() as stack:
        yield start


# --- What Prometheus counted, and what happened -------------------------------------


def counted(prometheus: Prometheus) -> dict[str, Counter]:
    """By Prometheus, since the processes began."""
    prometheus.wait_for_scrapes()
    sums = prometheus.sums
    return {
        "responses": sums(
            "django_http_responses_total_by_status_view_method_total",
            *("status", "view", "method"),
        ),
        "statuses": sums("django_http_responses_total_by_status_total", "status"),
        "requests": sums("django_http_requests_before_middlewares_total"),
        "timed": sums(
            "django_http_requests_latency_including_middlewares_seconds_count"
        ),
        "orders": sums("storefront_orders_placed_total", "currency"),
        "revenue": sums("storefront_revenue_total", "currency"),
        "basket additions": sums("storefront_basket_additions_total"),
        "searches": sums("storefront_searches_total", "outcome"),
        "mails": sums("storefront_mails_total", "outcome"),
        "tasks": sums('storefront_task_runs_total{outcome="succeeded"}', "task"),
    }


def happened(shop: Shop, load: Load) -> dict[str, Counter]:
    """By those who asked, the database and the mail server, since the shop was opened."""
    truth = load.truth
    answers = [answer for answer in truth.answers if answer.status]
    searches = [a for a in answers if a.path.startswith("/search/") and a.status == 200]
    additions = [a for a in answers if a.path.startswith("/basket/add/")]
    orders = shop.sql(
        "SELECT currency, count(*), sum(total_incl_tax) FROM order_order"
        " WHERE guest_email LIKE 'guest-%%' GROUP BY currency"
    )
    return {
        "responses": Counter((str(a.status), view_of(a), a.method) for a in answers),
        "statuses": Counter((str(a.status),) for a in answers),
        "requests": Counter({(): len(answers)}),
        "timed": Counter({(): len(answers)}),
        "orders": Counter({(currency,): count for currency, count, _ in orders}),
        "revenue": Counter({(currency,): float(total) for currency, _, total in orders}),
        "basket additions": Counter({(): len(additions)}),
        "searches": Counter(
            ("empty" if NONSENSE in a.path else "found",) for a in searches
        ),
        "mails": Counter({("sent",): len(shop.mail.mails)}),
        "tasks": Counter({
            ("checkout.order.tasks.order_mail_send",): sum(count for _, count, _ in orders),
            ("checkout.customer.tasks.account_mail_send",): sum(sure for _, sure in truth.accounts),
            ("cms_pages.tasks.form_answer_mail",): sum(sure for _, sure in truth.texts),
            ("foundation.media.tasks.renditions_make",): sum(
                edit.kind == "image" and edit.is_sure for edit in truth.edits
            ),
        }),
    }  # fmt: skip


def view_of(answer: Answer) -> str:
    try:
        return resolve(urlsplit(answer.path).path).view_name or "<unnamed view>"
    except Resolver404:
        return "<unnamed view>"


def differences(prometheus: Prometheus, shop: Shop, load: Load) -> dict[str, Counter]:
    """What Prometheus counted too often (too seldom: below 0); tasks of the known kinds only."""
    wait_for(lambda: not jobs_left(shop), "all jobs are done", 60)
    told, found = happened(shop, load), counted(prometheus)
    found["tasks"] = Counter({key: found["tasks"][key] for key in told["tasks"]})
    for name, counts in found.items():
        counts.subtract(told[name])
        found[name] = Counter(
            {key: number for key in counts if (number := round(counts[key], 2))}
        )
    return {name: counts for name, counts in found.items() if counts}


def jobs_left(shop: Shop) -> int:
    return shop.sql("SELECT count(*) FROM core_outboxentry WHERE key IS NULL")[0][0]


def load_of(shop: Shop, **people: int) -> Load:
    """Whose shoppers look for products that there are."""
    load = Load(shop, **people)
    titles = shop.sql("SELECT title FROM catalogue_product WHERE id = ANY(%s)", [
        product for product, _ in load.wares.products
    ])  # fmt: skip
    words = [title.split()[0] for (title,) in titles if title.isascii()]
    load.wares = replace(load.wares, words=words)
    return load


def search_for_nonsense(shop: Shop, load: Load) -> None:
    browser = Browser(shop.web_port, load.truth.answers)
    for _ in range(NONSENSE_SEARCHES):
        browser.patiently("GET", f"/search/?q={NONSENSE}")


# --- Tests ------------------------------------------------------------------------


def test_prometheus_counts_what_happened_and_is_given_all_it_asks_for(watch):
    shop, prometheus = watch()
    load = load_of(shop, shoppers=1)

    with load:
        load.wait_for_orders(3)
        os.kill(max(shop.web.children), signal.SIGTERM)  # gunicorn replaces it
        load.wait_for_orders(3)
    search_for_nonsense(shop, load)

    assert differences(prometheus, shop, load) == {}
    upset(shop)
    prometheus.wait_for_scrapes()
    names = set(prometheus.ask("label/__name__/values"))
    assert asked_of_the_shop() - names == set()
    groups = prometheus.ask("rules")["groups"]
    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}


def upset(shop: Shop) -> None:
    """What only errors count: connections that fail, statements that fail, views that raise."""
    shop.postgres.stop("immediate")
    for _ in range(20):
        shop.get("/")
    shop.postgres.run_again()


@pytest.mark.slow
def test_counts_stay_exact_when_gunicorns_workers_end_and_are_killed(watch):
    shop, prometheus = watch(GUNICORN_MAX_REQUESTS="60")
    load = load_of(shop, shoppers=3, writers=2)

    with load:
        for _ in range(5):
            load.wait_for_orders(3)
            shop.web.kill_child()
    search_for_nonsense(shop, load)

    assert "Autorestarting worker" in shop.web.said()
    # Whether the shop counted a request before its worker was killed, nobody can know.
    lost = load.truth.statuses()[0]
    assert {
        name: counts
        for name, counts in differences(prometheus, shop, load).items()
        if name != "revenue" and sum(map(abs, counts.values())) > lost
    } == {}
