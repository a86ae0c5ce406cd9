"""What the figures mean for a shop of some size: the sums of ``docs/reference/capacity.md``.

    make bench > benchmarks/figures.json && .venv/bin/python -m benchmarks.plan

The second command writes the tables of the page anew.

Every number is a measured one, one of ``k8s/base``, or one of the assumptions below.
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from benchmarks.manifests import Limits, limits_read

FIGURES = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).resolve().parents[1] / "docs/reference/capacity.md"

# --- Assumptions ------------------------------------------------------------------

VISIT = {"home": 0.5, "category": 2, "product": 3, "search": 0.5, "article": 0.5}
"""Pages that a person looks at, in one visit."""
ROBOTS = 0.5
"""Pages that robots ask for, for each that a person does; they take no fragment and fill no basket."""
BASKETS = 0.1
"""Visits with something put into the basket, twice."""
ORDERS = 0.02
"""Visits that end with an order."""
PEAK_HOUR, PEAK_MINUTE = 0.1, 2.0
"""The busiest hour has a tenth of the day's visits, its busiest minute twice the mean of the hour."""
BUSY = 0.7
"""How much of its processors a server may use at the peak, so that nobody waits."""
EDGE = 0.9
"""Pages that a cache at the edge would answer, if it kept pages: it is not built."""
FULL = 0.8
"""Of its volume that the database may fill."""
STAGES = (1, 10, 100, 1000)


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def peak_per_second(visits_a_day: float) -> float:
    return visits_a_day * PEAK_HOUR / 3600 * PEAK_MINUTE


# --- A visit ----------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a visit takes: seconds of CPU, numbers."""

    requests: float = 0
    web: float = 0
    database: float = 0
    redis: float = 0
    statements: float = 0
    kilobytes: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(*map(operator.add, astuple(self), astuple(other)))

    def __mul__(self, times: float) -> Cost:
        return Cost(*(each * times for each in astuple(self)))


def cost_of(figure: dict[str, float]) -> Cost:
    return Cost(
        requests=1,
        web=figure["web_cpu_ms"] / 1000,
        database=figure["database_cpu_ms"] / 1000,
        redis=figure["redis_cpu_ms"] / 1000,
        statements=figure["statements"],
        kilobytes=figure.get("kilobytes", 0),
    )


def page_views(figures: dict[str, Any]) -> Cost:
    """What a cache at the edge could take over: the same for everybody."""
    views = Cost()
    for page, count in VISIT.items():
        views += cost_of(figures["pages"][page]) * count
    return views * (1 + ROBOTS)


def personal_requests(figures: dict[str, Any]) -> Cost:
    """What no cache can answer: the fragment of each page, basket, checkout."""
    orders = figures["orders"]
    return (
        cost_of(figures["pages"]["visitor fragment"]) * sum(VISIT.values())
        + cost_of(figures["pages"]["basket add"]) * (2 * BASKETS)
        + cost_of(orders["checkout step"]) * (orders["steps_per_order"] * ORDERS)
        + cost_of(orders["placement"]) * ORDERS
    )


def visit_cost(figures: dict[str, Any], *, edge: float = 0.0) -> Cost:
    return page_views(figures) * (1 - edge) + personal_requests(figures)


# --- Where each limit is ----------------------------------------------------------


def carried(figures: dict[str, Any], cpus: float) -> float:
    """Visits a day whose peak so many CPUs of web pods can carry."""
    return cpus / visit_cost(figures).web / peak_per_second(1)


def base_visits(figures: dict[str, Any], limits: Limits) -> float:
    """1×: what the least number of pods carries without the autoscaler adding one."""
    return carried(figures, limits.web_pods_least * limits.web_target_cpu)


def bounds(figures: dict[str, Any], limits: Limits) -> list[tuple[str, float]]:
    """Where the manifests as they are end, in visits a day."""
    visit = visit_cost(figures)
    per_day = peak_per_second(1)
    mails = figures["jobs"]["order mail"]["jobs_per_second"] * limits.worker_pods
    return [
        (
            f"{limits.web_pods_least} web pods at the autoscaler's target",
            base_visits(figures, limits),
        ),
        (
            f"{limits.web_pods_most} web pods at the autoscaler's target",
            carried(figures, limits.web_pods_most * limits.web_target_cpu),
        ),
        (
            f"{limits.web_pods_most} web pods on nodes that have no more than they ask for",
            carried(figures, limits.web_pods_most * limits.web_asked_cpu),
        ),
        (
            f"PostgreSQL's {limits.database_cpus:g} CPUs, {percent(BUSY)} used",
            limits.database_cpus * BUSY / visit.database / per_day,
        ),
        (
            f"{limits.web_pods_most} web pods, {percent(BUSY)} of their CPU limit used",
            carried(figures, limits.web_pods_most * limits.web_cpus * BUSY),
        ),
        (
            f"`max_connections`, {limits.web_pods_possible} web pods",
            carried(figures, limits.web_pods_possible * limits.web_cpus * BUSY),
        ),
        (f"Redis' one thread, {percent(BUSY)} used", BUSY / visit.redis / per_day),
        (
            f"{limits.worker_pods} worker pods, a mail for each order at the peak",
            mails / ORDERS / per_day,
        ),
    ]


def disk_days(figures: dict[str, Any], limits: Limits, visits_a_day: float) -> float:
    """How long the database's volume lasts, if nothing but orders came and none was ever deleted."""
    a_day = visits_a_day * ORDERS * figures["orders"]["kilobytes_per_order"] * 1000
    free = limits.database_disk_gb * 2**30 * FULL
    return (free - figures["stock"]["database_mb"] * 1e6) / a_day


# --- Tables -----------------------------------------------------------------------


def number(value: float) -> str:
    """Two digits that count: these are estimates."""
    if value >= 10:
        value = round(value, 1 - math.floor(math.log10(value)))
        return f"{value:,.0f}"
    if isinstance(value, int):
        return str(value)
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def measured_table(figures: dict[str, Any]) -> str:
    yardstick = figures["yardsticks"]["/healthz/"]
    kinds = {
        "`/healthz/`, the yardstick": yardstick,
        **figures["pages"],
        "placement of an order": figures["orders"]["placement"],
    }
    rows = [
        [
            name,
            f"{figure['requests_per_second']:,.0f}",
            f"{figure['requests_per_second'] / yardstick['requests_per_second']:.3f}",
            f"{figure['alone_p50_ms']:.0f}" if "alone_p50_ms" in figure else "",
            f"{figure['p50_ms']:.0f}",
            f"{figure['p95_ms']:.0f}",
            f"{figure['web_cpu_ms']:.1f}",
            f"{figure['database_cpu_ms']:.1f}",
            f"{figure['database_wait_ms']:.0f}",
            f"{figure['statements']:.0f}",
        ]
        for name, figure in kinds.items()
    ]
    file = figures["yardsticks"]["nginx file"]
    ratio = file["requests_per_second"] / yardstick["requests_per_second"]
    rows.insert(
        1,
        [
            "a file from nginx",
            f"{file['requests_per_second']:,.0f}",
            f"{ratio:.1f}",
            "",
            f"{file['p50_ms']:.0f}",
            f"{file['p95_ms']:.0f}",
            *[""] * 4,
        ],
    )
    head = ["what", "a second", "ratio", "P50 alone", "P50 full", "P95 full"]
    head += ["web CPU", "database CPU", "waits for it", "statements"]
    return table(head, rows)


def jobs_table(figures: dict[str, Any]) -> str:
    rows = [
        [
            name,
            f"{figures['jobs'][name]['jobs_per_second']:.1f}",
            f"{figures['jobs'][name]['cpu_ms']:.0f}",
            f"{figures['jobs'][name]['database_cpu_ms']:.0f}",
        ]
        for name in ("order mail", "small job", "picture")
    ]
    return table(
        ["job", "a second, one worker pod", "worker CPU", "database CPU"], rows
    )


def pods_table(figures: dict[str, Any], limits: Limits) -> str:
    granted = {
        "web": (limits.web_memory_mb, limits.web_connections),
        "worker": (limits.worker_memory_mb, limits.worker_connections),
        "beat": (limits.beat_memory_mb, limits.beat_connections),
    }
    rows = []
    for name, (memory, connections) in granted.items():
        pod = figures[f"{name}_pod"]
        used = (pod["pod_mb"], memory, pod["database_connections"], connections)
        rows.append([name, *map(str, used), str(pod["redis_connections"])])
    head = ["pod", "memory, MB", "limit", "database connections", "at most", "of Redis"]
    return table(head, rows)


def connections_table(limits: Limits) -> str:
    rows = [[name, str(count)] for name, count in limits.connections()]
    total = sum(count for _, count in limits.connections())
    rows.append(["**together, while a release is rolled out**", f"**{total}**"])
    rows.append(["`max_connections`", str(limits.max_connections)])
    return table(["who", "connections"], rows)


def bounds_table(figures: dict[str, Any], limits: Limits) -> str:
    rows = [
        [
            name,
            number(visits),
            number(peak_per_second(visits) * visit_cost(figures).requests),
            number(visits / base_visits(figures, limits)) + "×",
        ]
        for name, visits in sorted(bounds(figures, limits), key=lambda each: each[1])
    ]
    return table(["limit", "visits a day", "requests a second", "of 1×"], rows)


def stage_rows(
    figures: dict[str, Any], limits: Limits
) -> dict[str, Callable[[float], float]]:
    """What a number of visits a day comes to."""
    plain, edge = visit_cost(figures), visit_cost(figures, edge=EDGE)
    mails = figures["jobs"]["order mail"]["jobs_per_second"]
    per_order = figures["orders"]["kilobytes_per_order"]
    second = peak_per_second

    def pods(visits: float, visit: Cost) -> int:
        needed = math.ceil(second(visits) * visit.web / (limits.web_cpus * BUSY))
        return max(needed, limits.web_pods_least)

    def worker_pods(visits: float) -> int:
        needed = math.ceil(second(visits) * ORDERS / mails / BUSY)
        return max(needed, limits.worker_pods)

    return {
        "visits a day": lambda visits: visits,
        "requests a second, peak": lambda visits: second(visits) * plain.requests,
        "CPUs of web pods, peak": lambda visits: second(visits) * plain.web,
        f"web pods, CPU limit {percent(BUSY)} used": lambda visits: pods(visits, plain),
        "their connections": lambda visits: (
            pods(visits, plain) * limits.web_connections
        ),
        "CPUs of PostgreSQL": lambda visits: second(visits) * plain.database / BUSY,
        "statements a second": lambda visits: second(visits) * plain.statements,
        f"web pods, {percent(EDGE)} of pages from the edge": lambda visits: pods(
            visits, edge
        ),
        "CPUs of PostgreSQL, likewise": lambda visits: (
            second(visits) * edge.database / BUSY
        ),
        "orders a day": lambda visits: visits * ORDERS,
        "orders a second, peak": lambda visits: second(visits) * ORDERS,
        "worker pods for their mails": worker_pods,
        "GB of orders a year": lambda visits: visits * ORDERS * 365 * per_order / 1e6,
        f"days until they fill {percent(FULL)} of the volume of {limits.database_disk_gb} GiB": (
            lambda visits: disk_days(figures, limits, visits)
        ),
        "Mbit/s from web pods, uncompressed": lambda visits: (
            second(visits) * plain.kilobytes * 8 / 1000
        ),
    }


def stages_table(figures: dict[str, Any], limits: Limits) -> str:
    base = base_visits(figures, limits)
    rows = [
        [name, *(number(of(base * stage)) for stage in STAGES)]
        for name, of in stage_rows(figures, limits).items()
    ]
    return table(["", *(f"{stage:,}×" for stage in STAGES)], rows)


def visit_table(figures: dict[str, Any]) -> str:
    rows = [
        [
            name,
            number(cost.requests),
            number(cost.web * 1000),
            number(cost.database * 1000),
            number(cost.statements),
        ]
        for name, cost in (
            ("pages, robots' too", page_views(figures)),
            ("fragment, basket, checkout", personal_requests(figures)),
            ("**a visit**", visit_cost(figures)),
        )
    ]
    head = ["", "requests", "ms of web CPU", "ms of database CPU", "statements"]
    return table(head, rows)


def rest_table(figures: dict[str, Any]) -> str:
    jobs, stock = figures["jobs"], figures["stock"]
    rows = [
        ["jobs written a second, by one process", str(jobs["written_per_second"])],
        ["bytes of a wake-up in Redis", str(jobs["wake_up_bytes"])],
        [
            "kilobytes of an order of two lines, with basket, session and indexes",
            f"{figures['orders']['kilobytes_per_order']:.0f}",
        ],
        ["MB of the demo shop's database", f"{stock['database_mb']:.0f}"],
        ["MB of its pictures in all widths", f"{stock['media_mb']:.0f}"],
        ["MB in Redis after all kinds of pages", f"{stock['redis_mb']:.1f}"],
    ]
    return table(["besides", ""], rows)


def tables_of(figures: dict[str, Any]) -> dict[str, str]:
    limits = limits_read()
    return {
        "measured": measured_table(figures),
        "jobs": jobs_table(figures),
        "pods": pods_table(figures, limits),
        "rest": rest_table(figures),
        "connections": connections_table(limits),
        "visit": visit_table(figures),
        "bounds": bounds_table(figures, limits),
        "stages": stages_table(figures, limits),
    }


def page_with_tables(page: str, figures: dict[str, Any]) -> str:
    """The page with each table, which stands below a remark that names it, replaced."""
    for name, text in tables_of(figures).items():
        pattern = rf"(?<=<!-- {name} -->\n\n)(\|.*\n)+"
        page, count = re.subn(pattern, f"{text}\n".replace("\\", r"\\"), page)
        if count != 1:
            raise ValueError(f"{PAGE.name} has {count} tables named {name}")
    return page


def main() -> None:
    PAGE.write_text(page_with_tables(PAGE.read_text(), json.loads(FIGURES.read_text())))


if __name__ == "__main__":
    main()
