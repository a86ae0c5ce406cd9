"""What staff see at ``/health/`` beyond the words of the checks."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import redis
from django.db import InterfaceError, OperationalError, connection

from foundation.observability.health import cache_client
from foundation.observability.release import versions
from foundation.observability.state import StateCollector

SHOWN = {
    "storefront_workers": "workers",
    "storefront_outbox_entries": "jobs",
    "storefront_outbox_oldest_seconds": "age of the oldest job in seconds",
    "storefront_queue_messages": "messages",
}

collector = StateCollector()


def details_read() -> dict[str, Any]:
    """Services, queues and versions; what can't be read is left out. About three seconds at most."""
    return {
        "database": _database(),
        "cache": _cache(),
        "background": _background(),
        "versions": versions(),
    }


def _database() -> dict[str, Any]:
    began = perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), count(*) "
                "FROM pg_stat_activity WHERE datname = current_database()"
            )
            version, connections = cursor.fetchone()
    except (OperationalError, InterfaceError):
        return {}
    return {
        "milliseconds": round((perf_counter() - began) * 1000, 1),
        "connections": connections,
        "version": version,
    }


def _cache() -> dict[str, Any]:
    began = perf_counter()
    try:
        with cache_client() as client:
            about = client.info()
    except redis.RedisError:
        return {}
    return {
        "milliseconds": round((perf_counter() - began) * 1000, 1),
        "memory": about["used_memory_human"],
        "version": about["redis_version"],
    }


def _background() -> dict[str, Any]:
    """The gauges of ``/metrics`` in words: gauge → value, or labels → value."""
    found: dict[str, Any] = {}
    for family in collector.collect():
        if name := SHOWN.get(family.name):
            values = {
                " ".join(sample.labels.values()): round(sample.value)
                for sample in family.samples
            }
            found[name] = values.get("", values)
    return found
