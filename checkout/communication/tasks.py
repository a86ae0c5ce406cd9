from celery import shared_task

from checkout.communication import services


@shared_task(name="checkout.communication.tasks.preview_mail_send")
def preview_mail_send(user_id: int, messages: dict[str, str], message_id: str) -> None:
    services.preview_mail_send(
        user_id=user_id, messages=messages, message_id=message_id
    )
