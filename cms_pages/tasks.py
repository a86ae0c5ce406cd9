from celery import shared_task
from wagtail.contrib.forms.models import FormSubmission

from cms_pages import scheduling, services


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
