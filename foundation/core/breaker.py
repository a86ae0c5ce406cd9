"""Stops asking a service that just failed, so that its outage costs no waiting.

In process memory on purpose: it holds no truth, only how long to leave a server alone.
"""

from threading import Lock
from time import monotonic


class CircuitBreaker:
    """Refuses calls for ``seconds`` after a failure, then lets one through as a trial.

    The caller asks ``allows()`` before a call and reports ``failed()`` or
    ``succeeded()`` after it. While the trial runs the others are refused; a trial that
    never reports is followed by another after ``seconds``. Safe with threads.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._lock = Lock()
        self._trial_at: float | None = None  # None: all is well

    def allows(self) -> bool:
        """Whether to make the call. True promises the caller's report."""
        with self._lock:
            if self._trial_at is None:
                return True
            now = monotonic()
            if now < self._trial_at:
                return False
            self._trial_at = now + self.seconds
            return True

    def failed(self) -> None:
        with self._lock:
            self._trial_at = monotonic() + self.seconds

    def succeeded(self) -> None:
        with self._lock:
            self._trial_at = None
