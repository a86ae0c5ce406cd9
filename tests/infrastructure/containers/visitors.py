"""People who order while containers come and go."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.reliability.people import Answer, Browser, Shopper, Wares

NGINX_PORT = 8080
"""Of docker-compose.yml."""

PAUSE_SECONDS = 0.2
"""Between the requests of one person: nginx lets 20 a second pass from one address."""


class PacedBrowser(Browser):
    """Somebody who looks at a page for a moment, and waits for one as long as browsers do."""

    seconds = 90

    def _ask(self, method, path, body, headers) -> Answer:
        """Comes from another address each time, as far as the shop trusts who says so."""
        time.sleep(PAUSE_SECONDS)
        address = f"198.18.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        return super()._ask(method, path, body, headers | {"X-Forwarded-For": address})


@contextmanager
def shoppers(port: int, wares: Wares, count: int = 3) -> Iterator[list[Answer]]:
    """People who order until the block ends, and all that they were answered."""
    log: list[Answer] = []
    failures: list[BaseException] = []
    end = threading.Event()

    def order() -> None:
        shopper = Shopper(PacedBrowser(port, log), wares)
        while not end.is_set():
            try:
                assert shopper.order().number
            except BaseException as error:
                failures.append(error)
                raise

    threads = [threading.Thread(target=order) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield log
    finally:
        end.set()
        for thread in threads:
            thread.join(120)
    assert failures == []


def bad(log: list[Answer]) -> list[tuple[str, str, int, str]]:
    """With the name of the request: an answer that has none is nginx's own."""
    return [
        (each.method, each.path, each.status, each.headers.get("x-request-id", ""))
        for each in log
        if not each.is_good
    ]
