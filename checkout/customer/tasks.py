from celery import shared_task

from checkout.customer import mails
from checkout.customer.alerts import mails as alert_mails
from checkout.customer.alerts import services as alert_services


@shared_task(name="checkout.customer.tasks.account_mail_send")
def account_mail_send(
    kind: str,
    message_id: str,
    user_id: int | None = None,
    to: str = "",
    language: str = "",
) -> None:
    mails.account_mail_send(
        kind=kind, user_id=user_id, to=to, language=language, message_id=message_id
    )


@shared_task(name="checkout.customer.tasks.alert_mail_send")
def alert_mail_send(alert_id: int, kind: str) -> None:
    alert_mails.alert_mail_send(alert_id=alert_id, kind=kind)


@shared_task(name="checkout.customer.tasks.alerts_send")
def alerts_send() -> None:
    alert_services.alerts_send()


@shared_task(name="checkout.customer.tasks.alerts_clean")
def alerts_clean() -> None:
    alert_services.alerts_clean()
