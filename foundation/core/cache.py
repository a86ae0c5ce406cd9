"""The cache on Redis, which is never needed: while Redis fails, the cache is empty.

Django's own backend (5.2) raises where Redis is away, busy or full, and so answers a
visitor with an error for want of a menu that the database has as well. Here every
failure is a miss. A breaker (``PAUSE`` seconds) keeps an outage from costing each request
its time-outs; these are in ``CACHES``.

A write that is lost could leave an old value behind, which would be believed again
after the outage. So its key is kept, and deleted before the cache is used again.

Values are JSON (docs/adr/0020): Django's backend pickles, so that whoever may write to
Redis runs code in the shop. Objects belong into the cache named "local".
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from functools import cache, partial
from threading import Lock
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache
from django.core.cache.backends.redis import RedisCacheClient
from django_prometheus.cache.metrics import (
    django_cache_get_fail_total,
    django_cache_get_total,
    django_cache_hits_total,
    django_cache_misses_total,
)

from foundation.core.breaker import CircuitBreaker
from foundation.core.log_filters import OnceASecond

PAUSE = 1.0
LOST_KEYS = 10_000  # kept by one process at most, the latest
ABSENT, FAILED = object(), object()
BY_NUMBER = "__by_number__"
"""Marks a dictionary whose keys are integers, as JSON has only text for keys."""

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)
logger.addFilter(OnceASecond())


class Outage:
    """What all threads of this process know about one Redis."""

    def __init__(self) -> None:
        self.breaker = CircuitBreaker(PAUSE)
        self._lock = Lock()
        self._lost: dict[str, None] = {}  # in the order of their loss

    def lose(self, keys: Iterable[str]) -> None:
        with self._lock:
            for key in keys:
                self._lost.pop(key, None)
                self._lost[key] = None
            for key in list(self._lost)[:-LOST_KEYS]:
                del self._lost[key]

    def make_good(self, client: redis.Redis) -> None:
        """Delete what lost writes left behind. Raises: redis.RedisError, and then nothing is forgotten."""
        if not self._lost:
            return
        with self._lock:
            keys = list(self._lost)
            self._lost.clear()
        try:
            client.delete(*keys)
        except redis.RedisError:
            self.lose(keys)
            raise


@cache
def outage_of(*servers: str) -> Outage:
    return Outage()


class JSONSerializer:
    """Numbers, text, lists and dictionaries of these. Tuples come back as lists."""

    def dumps(self, obj: Any) -> bytes:
        """Raises: TypeError for any other value."""
        return json.dumps(_mark(obj)).encode()

    def loads(self, data: Any) -> Any:
        """Raises: redis.InvalidResponse if ``data`` was written by something else."""
        try:
            return json.loads(data, object_hook=_unmark)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise redis.InvalidResponse(f"unreadable value: {error!r}") from error


def _mark(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_mark(each) for each in value]
    if isinstance(value, dict):
        marked = {key: _mark(each) for key, each in value.items()}
        types = {type(key) for key in value}
        if types == {int}:
            return {BY_NUMBER: marked}
        if types - {str}:
            raise TypeError(f"keys must be all text or all integers, not {types}")
        return marked
    return value


def _unmark(found: dict[str, Any]) -> dict[Any, Any]:
    if BY_NUMBER in found:
        return {int(key): value for key, value in found[BY_NUMBER].items()}
    return found


class Client(RedisCacheClient):
    """Django's client, which answers as an empty cache while Redis fails."""

    def __init__(self, servers: list[str], **options: Any):
        super().__init__(servers, serializer=JSONSerializer, **options)
        self._outage = outage_of(*servers)

    def _ask(
        self,
        question: Callable[[], Answer],
        *,
        otherwise: Answer,
        writes: Iterable[str] = (),
    ) -> Answer:
        """The answer, else ``otherwise``; the keys that a lost question ``writes`` are deleted later."""
        breaker = self._outage.breaker
        if breaker.allows():
            try:
                self._outage.make_good(self.get_client(write=True))
                answer = question()
            except (redis.ConnectionError, redis.TimeoutError) as error:
                breaker.failed()
                logger.warning("The cache is away: %s", error)
            except (redis.ResponseError, redis.InvalidResponse) as error:
                breaker.succeeded()
                logger.warning("The cache refused: %s", error)
            else:
                breaker.succeeded()
                return answer
        self._outage.lose(writes)
        return otherwise

    def get(self, key, default):
        django_cache_get_total.labels("redis").inc()
        found = self._ask(partial(super().get, key, ABSENT), otherwise=FAILED)
        if found is FAILED:
            django_cache_get_fail_total.labels("redis").inc()
        elif found is ABSENT:
            django_cache_misses_total.labels("redis").inc()
        else:
            django_cache_hits_total.labels("redis").inc()
            return found
        return default

    def get_many(self, keys):
        nothing: Any = {}
        return self._ask(partial(super().get_many, keys), otherwise=nothing)

    def has_key(self, key):
        return self._ask(partial(super().has_key, key), otherwise=False)

    def add(self, key, value, timeout):
        """Whether the value was stored: False in an outage, so that nobody believes to hold a lock."""
        return self._ask(partial(super().add, key, value, timeout), otherwise=False)

    def set(self, key, value, timeout):
        self._ask(
            partial(super().set, key, value, timeout), otherwise=None, writes=[key]
        )

    def set_many(self, data, timeout):
        self._ask(partial(super().set_many, data, timeout), otherwise=None, writes=data)

    def touch(self, key, timeout):
        return self._ask(partial(super().touch, key, timeout), otherwise=False)

    def delete(self, key):
        return self._ask(partial(super().delete, key), otherwise=False, writes=[key])

    def delete_many(self, keys):
        self._ask(partial(super().delete_many, keys), otherwise=None, writes=keys)

    def incr(self, key, delta):
        """Raises: ValueError, as Django does where the key is absent."""
        incr = super().incr

        def counted() -> int | None:
            try:
                return incr(key, delta)
            except ValueError:
                return None

        value = self._ask(counted, otherwise=None, writes=[key])
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return value

    def clear(self):
        return self._ask(super().clear, otherwise=False)


class RedisCache(DjangoRedisCache):
    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = Client
