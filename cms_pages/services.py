from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.db import transaction
from wagtail.contrib.forms.models import FormSubmission

from foundation.core.mail import mail_send
from foundation.core.queueing import enqueue_on_commit

if TYPE_CHECKING:
    from cms_pages.models import FormPage


def form_answer_keep(*, page: FormPage, answers: Mapping[str, Any]) -> FormSubmission:
    """Store what somebody has filled in, and have it mailed where the page says to."""
    with transaction.atomic():
        answer = FormSubmission.objects.create(page=page, form_data=dict(answers))
        if page.to_address:
            enqueue_on_commit("cms_pages.tasks.form_answer_mail", answer_id=answer.pk)
    return answer


def form_answer_mail(*, answer: FormSubmission) -> None:
    """Mail ``answer`` to the addresses of its page; answers go to who wrote it, if they said."""
    page: FormPage = answer.page.specific
    fields = page.get_form_fields()
    lines = [
        f"{field.label}: {_as_text(answer.form_data.get(field.clean_name))}"
        for field in fields
    ]
    senders = [
        answer.form_data.get(field.clean_name)
        for field in fields
        if field.field_type == "email"
    ]
    message = EmailMessage(
        subject=page.subject or page.title,
        body="\n".join(lines),
        to=[address.strip() for address in page.to_address.split(",")],
        reply_to=[sender for sender in senders[:1] if sender],
    )
    mail_send(message, kind="form_answer", message_id=f"form.{answer.pk}")


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
