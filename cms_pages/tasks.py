from celery import shared_task
from wagtail.contrib.forms.models import FormSubmission

from cms_pages import services


@shared_task(name="cms_pages.tasks.form_answer_mail")
def form_answer_mail(answer_id: int) -> None:
    answer = FormSubmission.objects.filter(pk=answer_id).first()
    if answer is not None:
        services.form_answer_mail(answer=answer)
