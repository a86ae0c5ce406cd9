"""What shoppers do on the way to an order. A new one: docs/howto/add-a-metric.md."""

from django.conf import settings
from django.db.models import Count
from prometheus_client import Counter

from checkout.order.models import Order
from checkout.order.statuses import LABELS
from foundation.observability.metrics import count_on_commit
from foundation.observability.state import Values, state_gauge

ORDERS_PLACED = Counter(
    "storefront_orders_placed_total", "Orders placed.", ["currency"]
)
REVENUE = Counter(
    "storefront_revenue_total",
    "Gross total of the orders placed, in units of the currency.",
    ["currency"],
)
STATUS_CHANGES = Counter(
    "storefront_order_status_changes_total",
    "Orders that came to a status after they were placed.",
    ["status"],
)
BASKET_ADDITIONS = Counter(
    "storefront_basket_additions_total", "Times that something was put into a basket."
)
CHECKOUT_STEPS = Counter(
    "storefront_checkout_steps_total",
    "Steps of the checkout: started (its first page shown), details given, delivery chosen, placed.",
    ["step"],
)
for _status in LABELS:
    STATUS_CHANGES.labels(_status)
for _step in ("started", "details", "delivery", "placed"):
    CHECKOUT_STEPS.labels(_step)
for _counter in (ORDERS_PLACED, REVENUE):
    _counter.labels(settings.OSCAR_DEFAULT_CURRENCY)


def order_placed_count(order: Order) -> None:
    """Count ``order`` when its transaction has committed."""
    count_on_commit(ORDERS_PLACED.labels(order.currency))
    count_on_commit(REVENUE.labels(order.currency), order.total_incl_tax)
    count_on_commit(CHECKOUT_STEPS.labels("placed"))


def status_change_count(status: str) -> None:
    count_on_commit(STATUS_CHANGES.labels(status))


@state_gauge("storefront_orders", "Orders by status.", "status")
def orders_by_status() -> Values:
    found = Order.objects.order_by().values_list("status").annotate(Count("pk"))
    return {(status,): 0 for status in LABELS} | {
        (status,): count for status, count in found
    }
