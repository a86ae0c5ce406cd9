from celery import shared_task

from storefront import sessions


@shared_task(name="storefront.tasks.sessions_clean")
def sessions_clean() -> None:
    sessions.sessions_clean()
