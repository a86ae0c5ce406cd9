from typing import Any

from celery import shared_task

from foundation.core import broker, mail, queueing, task_backend


@shared_task(name=broker.RUN_TASK)
def outbox_run(queue: str) -> bool:
    """Answer one wake-up: run the next due entry of ``queue``, if there is one."""
    return queueing.outbox_take(queue)


@shared_task(name="foundation.core.tasks.sent_mails_forget")
def sent_mails_forget() -> None:
    while mail.sent_mails_forget():
        pass
    mail.mail_cooldowns_delete()


@shared_task(name=task_backend.RUN_TASK)
def django_task_run(
    path: str, args: list[Any], kwargs: dict[str, Any], result_id: str
) -> None:
    task_backend.django_task_run(
        path=path, args=args, kwargs=kwargs, result_id=result_id
    )
