from celery import shared_task

from checkout.order import mails


@shared_task(name="checkout.order.tasks.order_mail_send")
def order_mail_send(order_id: int, kind: str, reference: int = 0) -> None:
    mails.order_mail_send(order_id=order_id, kind=kind, reference=reference)
