from django.dispatch import receiver
from oscar.apps.order.signals import order_placed, order_status_changed

from checkout import metrics


@receiver(order_placed)
def count_order(order, **kwargs):
    metrics.order_placed_count(order)


@receiver(order_status_changed)
def count_status_change(new_status, **kwargs):
    metrics.status_change_count(new_status)
