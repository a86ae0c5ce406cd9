from celery import shared_task

from catalogue import boundaries


@shared_task(name="catalogue.tasks.boundaries_note")
def boundaries_note() -> None:
    boundaries.boundaries_note()
