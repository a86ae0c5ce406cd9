import logging
from threading import Lock
from time import monotonic


class OnceASecond(logging.Filter):
    """Lets one record a second pass: an outage fails every request for the same reason."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        with self._lock:
            now = monotonic()
            passes = now >= self._next
            if passes:
                self._next = now + 1
            return passes
