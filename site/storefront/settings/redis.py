"""Redis: the cache, the counts of limits, and messages to workers."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from storefront.settings.env import redis_address

REDIS_URL = redis_address("REDIS_URL", "redis", "rediss", "unix")
REDIS_TIMEOUTS = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25}  # seconds
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "foundation.core.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "storefront",
        "OPTIONS": REDIS_TIMEOUTS,
    },
    # Objects, in the memory of each process: Redis gets plain values only (docs/adr/0020). A key has a version that all
    # processes share, or its value lives for a minute.
    "local": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
    # Wagtail would put instances of its model into Redis. Shopper pages need none, and the back office prefetches them.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
CELERY_BROKER_URL = redis_address(
    "CELERY_BROKER_URL", "redis", "rediss", "redis+socket", default=REDIS_URL
)


def with_password(address: str, *, secret_key: str) -> str:
    """Return ``address`` with a password made of the secret key, unless it has one or names a socket.

    ``helm/ecommerce/files/redis/start.sh`` makes the same one for the server.
    """
    parts = urlsplit(address)
    if parts.password or not parts.hostname:
        return address
    key = b"".join(secret_key.encode().split())
    password = sha256(b"redis:" + key).hexdigest()
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:{password}@{host}").geturl()
