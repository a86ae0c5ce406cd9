import logging

from celery import shared_task
from wagtail.contrib.forms.models import FormSubmission

from cms_pages import references, scheduling, services
from foundation.core.queueing import enqueue_on_commit

logger = logging.getLogger(__name__)


@shared_task(name="cms_pages.tasks.form_answer_mail")
def form_answer_mail(answer_id: int) -> None:
    answer = FormSubmission.objects.filter(pk=answer_id).first()
    if answer is not None:
        services.form_answer_mail(answer=answer)


@shared_task(name="cms_pages.tasks.scheduled_run")
def scheduled_run() -> None:
    scheduling.scheduled_run()


@shared_task(name=scheduling.ITEM_TASK)
def scheduled_item_run(action: str, model: str, pk: str) -> None:
    scheduling.scheduled_item_run(action=action, model=model, pk=pk)


@shared_task(name="cms_pages.tasks.references_repair")
def references_repair(model: str = "", after: int = 0) -> None:
    counts, rest = references.references_repair(model=model, after=after)
    logger.info("References compared: %s", counts)
    if rest is not None:
        enqueue_on_commit(
            "cms_pages.tasks.references_repair", model=rest.model, after=rest.after
        )
