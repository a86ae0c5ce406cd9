from celery import shared_task

from checkout.basket import cleaning


@shared_task(name="checkout.basket.tasks.baskets_clean")
def baskets_clean() -> None:
    cleaning.baskets_clean()
