from celery import shared_task

from foundation.core import queueing


@shared_task(name=queueing.RUN_TASK)
def outbox_run(entry_id: int) -> bool:
    return queueing.outbox_run(entry_id)


@shared_task(name="foundation.core.tasks.outbox_sweep")
def outbox_sweep() -> int:
    return queueing.outbox_sweep()
