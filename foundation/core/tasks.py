from celery import shared_task

from foundation.core import broker, queueing


@shared_task(name=broker.RUN_TASK)
def outbox_run(queue: str) -> bool:
    """Answer one wake-up: run the next due entry of ``queue``, if there is one."""
    return queueing.outbox_take(queue)
