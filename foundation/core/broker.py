"""Wake-ups: messages that tell a worker to look for work in a queue.

A wake-up holds nothing but the queue's name, so one is as good as another: a lost one is
sent again by the sweeper, one too many finds nothing to do. Nothing here raises, and
nothing takes longer than about half a second: work is safe in its row anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.conf import settings
from kombu import Producer
from kombu.pools import producers

from foundation.core.breaker import CircuitBreaker

logger = logging.getLogger(__name__)

RUN_TASK = "foundation.core.tasks.outbox_run"
PATIENCE = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2, "max_retries": 0}
HARD_LIMIT_AFTER = 30  # seconds from the soft limit, for a task to clean up
_breaker = CircuitBreaker(seconds=5)


def wake(queue: str, messages: int = 1) -> bool:
    """Send so many wake-ups to ``queue``; False if the broker can't be reached."""
    limit = settings.JOB_QUEUES[queue]
    sent = 0
    with _producer() as producer:
        for _ in range(messages if producer else 0):
            current_app.send_task(
                RUN_TASK,
                args=[queue],
                queue=queue,
                producer=producer,
                retry=False,
                soft_time_limit=limit,
                time_limit=limit + HARD_LIMIT_AFTER,
            )
            sent += 1
    return sent == messages


def waiting_wake_ups() -> dict[str, int] | None:
    """Wake-ups by queue that no worker has taken yet; ``None`` if the broker can't be reached."""
    waiting = None
    with _producer() as producer:
        if producer:
            waiting = {
                queue: producer.channel.queue_declare(queue=queue).message_count
                for queue in settings.JOB_QUEUES
            }
    return waiting


@contextmanager
def _producer() -> Iterator[Producer | None]:
    """Something to send with, ``None`` while the broker is left alone; errors end the block."""
    if not _breaker.allows():
        yield None
        return
    try:
        connection = current_app.connection_for_write(transport_options=PATIENCE)
        with producers[connection].acquire(block=True, timeout=0.2) as producer:
            yield producer
    except Exception as error:  # whatever the client library raises: the row waits
        _breaker.failed()
        logger.warning(
            "The broker can't be reached, jobs wait in their rows: %s", error
        )
    else:
        _breaker.succeeded()
