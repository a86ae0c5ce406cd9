"""For Python under libfaketime 0.9.10 with a real monotonic clock.

It miscounts the absolute ``clock_nanosleep`` that ``time.sleep`` is made of since Python 3.11
(``OSError: Invalid argument``); ``select`` waits as well.
"""

import select
import time


def sleep(seconds: float) -> None:
    select.select([], [], [], max(0, seconds))


time.sleep = sleep
