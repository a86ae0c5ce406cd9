"""How often something may be done: rates by name, counted in Redis for all processes.

``settings.LIMITS`` names each limit's rates, by what they count for: a client, an account
(docs/adr/0016). While Redis fails, each process counts for itself, so that a limit is as
many times as generous as there are processes. Redis holds keyed hashes, no addresses.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache, partial
from math import ceil
from time import time
from typing import Any

import limits
import redis
from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from foundation.core.breaker import CircuitBreaker
from foundation.core.log_filters import OnceASecond

PAUSE = 1.0  # seconds that a failing Redis is left alone

parse_rate = cache(limits.parse)

logger = logging.getLogger(__name__)
logger.addFilter(OnceASecond())


def limit_hit(name: str, keys: Mapping[str, str]) -> int:
    """Count one event. Return the seconds to wait, 0 if the event is within the limit.

    ``keys`` has the client, account … that each rate of the limit counts for; a rate
    without a key is left out. What exceeds a rate isn't counted by it.
    """
    return _longest_wait(name, keys, limiter().hit)


def limit_check(name: str, keys: Mapping[str, str]) -> int:
    """Return the seconds to wait before the next event, 0 if it is within the limit; counts nothing.

    Between a check and the ``limit_hit`` that follows, other threads may pass the check:
    a limit is exceeded by as many events as the shop answers at once, at most.
    """
    return _longest_wait(name, keys, limiter().check)


def digest(text: str) -> str:
    """Return a keyed hash that stands for ``text`` where it must not be read."""
    return salted_hmac(__name__, text, algorithm="sha256").hexdigest()[:32]


def _longest_wait(
    name: str, keys: Mapping[str, str], ask: Callable[[str, str], int]
) -> int:
    rates = settings.LIMITS[name]
    prefix = caches["default"].key_prefix
    waits = [
        ask(rates[scope], f"{prefix}:limit:{name}:{scope}:{digest(key)}")
        for scope, key in keys.items()
        if scope in rates
    ]
    return max(waits, default=0)


class Limiter:
    """Counts in one Redis, and in this process while that Redis fails."""

    def __init__(self, url: str) -> None:
        timeouts: dict[str, Any] = settings.REDIS_TIMEOUTS
        self.shared = MovingWindowRateLimiter(RedisStorage(url, **timeouts))
        self.own = MovingWindowRateLimiter(MemoryStorage())
        self.breaker = CircuitBreaker(PAUSE)

    def hit(self, rate: str, key: str) -> int:
        """Count one event. Return the seconds to wait, 0 if it is within ``rate``."""

        def ask(windows: MovingWindowRateLimiter) -> int:
            item = parse_rate(rate)
            return 0 if windows.hit(item, key) else _wait(windows, item, key)

        return self._ask(ask)

    def check(self, rate: str, key: str) -> int:
        """Return the seconds until ``rate`` admits another event, 0 if it does now."""
        return self._ask(partial(_wait, item=parse_rate(rate), key=key))

    def _ask(self, question: Callable[[MovingWindowRateLimiter], int]) -> int:
        if self.breaker.allows():
            try:
                answer = question(self.shared)
            except (redis.ConnectionError, redis.TimeoutError) as error:
                self.breaker.failed()
                logger.warning("Limits count by process, Redis is away: %s", error)
            except redis.RedisError as error:
                self.breaker.succeeded()
                logger.warning("Limits count by process, Redis refused: %s", error)
            else:
                self.breaker.succeeded()
                return answer
        return question(self.own)


def _wait(
    windows: MovingWindowRateLimiter, item: limits.RateLimitItem, key: str
) -> int:
    window = windows.get_window_stats(item, key)
    return 0 if window.remaining > 0 else max(1, ceil(window.reset_time - time()))


@cache
def limiter() -> Limiter:
    return Limiter(settings.REDIS_URL)
