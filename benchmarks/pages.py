"""The web pod: pages, a basket, orders; beside them what bounds them."""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks.accounts import (
    Reading,
    clients_of_database,
    clients_of_redis,
    memory_mb,
)
from benchmarks.load import Guest, Load, at_once, pages_ask, percentiles
from benchmarks.shop import FOLDER, Problem, Shop
from tests.reliability.people import Browser
from tests.reliability.processes import Program

BUSY_CONNECTIONS = 16
"""Twice the threads of the pod, so that none waits for a visitor."""
GUESTS_AT_ONCE = 4
WARM_UP = 3
"""Seconds before each kind of page is measured."""
WORDS = ("lamp", "chair", "linen", "oak", "wool")


def say(text: str) -> None:
    print(f"→ {text}", file=sys.stderr, flush=True)


def products_sold() -> list[Any]:
    from catalogue.models import Product

    sold = Product.objects.filter(
        structure="standalone", is_public=True, stockrecords__num_in_stock__gt=0
    )
    return list(sold.order_by("pk")[:40])


def addresses() -> dict[str, tuple[str, list[str]]]:
    """Method and paths of each kind of request; those of pages with products are many different ones."""
    from catalogue.models import Category
    from cms_pages.models import ArticlePage

    products = products_sold()
    categories = Category.objects.filter(is_public=True, depth=2).order_by("pk")[:8]
    articles = ArticlePage.objects.live().order_by("path")[:8]
    return {
        "home": ("GET", ["/"]),
        "category": ("GET", [each.get_absolute_url() for each in categories]),
        "product": ("GET", [each.get_absolute_url() for each in products]),
        "search": ("GET", [f"/search/?q={word}" for word in WORDS]),
        "article": ("GET", [each.url_path.removeprefix("/home") for each in articles]),
        "visitor fragment": ("GET", ["/visitor/"]),
        "basket add": ("POST", [f"/basket/add/{each.pk}/" for each in products]),
    }


def request_figures(
    shop: Shop, web: Program, method: str, paths: list[str], seconds: int
) -> dict[str, float]:
    """One visitor first, for the time a page takes; then as many as the pod can serve."""
    for path in paths:
        is_answered(shop.port, method, path)
    # Every process reads its templates, caches are filled.
    pages_ask(shop.url, method, paths, connections=BUSY_CONNECTIONS, seconds=WARM_UP)
    alone = pages_ask(shop.url, method, paths, connections=1, seconds=min(seconds, 3))
    shop.wait_until_idle()
    before = shop.reading(web)
    busy = pages_ask(
        shop.url, method, paths, connections=BUSY_CONNECTIONS, seconds=seconds
    )
    shop.wait_until_idle()
    return {"alone_p50_ms": round(alone.p50, 1)} | figures_of(
        busy, shop.reading(web) - before
    )


def is_answered(port: int, method: str, path: str) -> None:
    """Raises: Problem where the answer is not the one that is to be measured."""
    browser = Browser(port, [])
    if method == "GET":
        answer, wanted = browser.get(path), 200
    else:
        answer, wanted = browser.post(path, {"quantity": "1"}), 302
    if answer.status != wanted:
        raise Problem(f"{method} {path}: {answer.status}, not {wanted}")


def figures_of(load: Load, used: Reading) -> dict[str, float]:
    return {
        "requests_per_second": round(load.requests / load.seconds, 1),
        "p50_ms": round(load.p50, 1),
        "p95_ms": round(load.p95, 1),
        "kilobytes": round(load.bytes / load.requests / 1000, 1),
    } | shares_of(int(used.requests) or load.requests, used)


def shares_of(count: int, used: Reading) -> dict[str, float]:
    """What one of so many took; milliseconds."""
    return {
        "web_cpu_ms": round(used.program_cpu / count * 1000, 2),
        "database_cpu_ms": round(used.database_cpu / count * 1000, 2),
        "database_wait_ms": round(used.database_wait / count * 1000, 2),
        "statements": round(used.statements / count, 1),
        "redis_cpu_ms": round(used.redis_cpu / count * 1000, 2),
        "redis_commands": round(used.redis_commands / count, 1),
    }


def yardsticks(shop: Shop, web: Program, seconds: int) -> dict[str, Any]:
    """The least that this server can do for a request, and what a plain file costs."""
    say("yardsticks")
    files = ["/static/staticfiles.json"]
    found = {"/healthz/": request_figures(shop, web, "GET", ["/healthz/"], seconds)}
    with shop.nginx() as url:
        load = pages_ask(url, "GET", files, connections=BUSY_CONNECTIONS, seconds=2)
    found["nginx file"] = {
        "requests_per_second": round(load.requests / load.seconds, 1),
        "p50_ms": round(load.p50, 2),
        "p95_ms": round(load.p95, 2),
    }
    return found


def orders_measure(
    shop: Shop, web: Program, products: list[int], count: int
) -> dict[str, Any]:
    """Guests with two lines each: the way to the last button, then the button."""
    say(f"{count} orders")
    size = database_bytes(shop)
    guests = [Guest(shop.port, products) for _ in range(count)]
    before = shop.reading(web)
    at_once(guests, "walk", GUESTS_AT_ONCE)
    walked = shop.reading(web)
    began = time.monotonic()
    at_once(guests, "order", GUESTS_AT_ONCE)
    took = time.monotonic() - began
    ordered = shop.reading(web)
    at_once(guests, "read_thanks", GUESTS_AT_ONCE)
    p50, p95 = percentiles([guest.answers[-2].seconds for guest in guests])
    walk_requests = sum(len(guest.answers) - 2 for guest in guests)
    return {
        "checkout step": shares_of(walk_requests, walked - before),
        "steps_per_order": round(walk_requests / count, 1),
        "placement": {
            "requests_per_second": round(count / took, 1),
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
        }
        | shares_of(count, ordered - walked),
        "kilobytes_per_order": round((database_bytes(shop) - size) / count / 1000, 1),
    }


def database_bytes(shop: Shop) -> int:
    found = shop.database.execute(
        "SELECT pg_database_size(current_database())"
    ).fetchone()
    return found[0] if found else 0


def media_bytes() -> int:
    return sum(
        path.stat().st_size for path in (FOLDER / "media").rglob("*") if path.is_file()
    )


def stocks(shop: Shop) -> dict[str, Any]:
    """What the demo shop takes up, before anybody came."""
    return {
        "database_mb": round(database_bytes(shop) / 1e6, 1),
        "media_mb": round(media_bytes() / 1e6, 1),
    }


def web_measure(shop: Shop, *, seconds: int, orders: int) -> dict[str, Any]:
    from django.db import connection

    stock = stocks(shop)
    wanted = addresses()
    products = [each.pk for each in products_sold()]
    connection.close()  # this program's own would be counted
    with shop.web() as web:
        bounds = yardsticks(shop, web, seconds)
        pages = {}
        for name, (method, paths) in wanted.items():
            say(name)
            pages[name] = request_figures(shop, web, method, paths, seconds)
        ordering = orders_measure(shop, web, products, orders)
        workers = [memory_mb(pid) for pid in web.children]
        return {
            "yardsticks": bounds,
            "pages": pages,
            "orders": ordering,
            "web_pod": {
                "processes": len(workers),
                "pod_mb": round(sum(workers) + memory_mb(web.pid)),
                "database_connections": clients_of_database(shop.database),
                "redis_connections": clients_of_redis(shop.cache),
            },
            "stock": stock
            | {"redis_mb": round(shop.cache.info("memory")["used_memory"] / 1e6, 1)},
        }
