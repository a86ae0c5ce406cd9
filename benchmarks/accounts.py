"""What processes have used: CPU time and memory, as Linux keeps account of them."""

from __future__ import annotations

import contextlib
import operator
import os
from dataclasses import astuple, dataclass
from pathlib import Path

import psycopg
import redis
from prometheus_client.parser import text_string_to_metric_families

from tests.reliability.servers import descendants

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Of the process and all it ever started: those that live, and those that it has buried."""
    ticks = 0
    for each in descendants(pid):
        with contextlib.suppress(OSError):
            after_name = Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2]
            ticks += sum(map(int, after_name.split()[11:15]))
    return ticks / TICKS


def memory_mb(pid: int) -> float:
    """What it would free if it ended: shared pages count by their share (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def parent_of(pid: int) -> int:
    return int(
        Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1],
    )


@dataclass(frozen=True)
class Reading:
    """Sums since the start, in seconds and in numbers; the difference of two is what happened between them."""

    program_cpu: float
    database_cpu: float
    database_wait: float
    statements: float
    requests: float
    redis_cpu: float
    redis_commands: int

    def __sub__(self, earlier: Reading) -> Reading:
        return Reading(*map(operator.sub, astuple(self), astuple(earlier)))


def counters(exposition: str) -> tuple[float, float, float]:
    """From ``/metrics``: seconds that the program waited for the database, its statements, its requests."""
    wait = statements = requests = 0.0
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == "django_db_query_duration_seconds_sum":
                wait += sample.value
            elif sample.name == "storefront_db_statements_per_request_sum":
                statements += sample.value
            elif sample.name == "storefront_db_statements_per_request_count":
                requests += sample.value
    return wait, statements, requests


def clients_of_database(server: psycopg.Connection) -> int:
    """Connections to this database besides the one that asks."""
    found = server.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).fetchone()
    return found[0] if found else 0


def clients_of_redis(client: redis.Redis) -> int:
    """Connections besides the one that asks."""
    return len(client.client_list()) - 1
