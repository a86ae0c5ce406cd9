from uuid import uuid4

from celery import shared_task

from checkout.customer import mails


@shared_task(name="checkout.customer.tasks.account_mail_send")
def account_mail_send(
    user_id: int, kind: str, to: str = "", language: str = ""
) -> None:
    mails.account_mail_send(
        user_id=user_id,
        kind=kind,
        to=to,
        language=language,
        message_id=f"account.{uuid4()}",
    )
