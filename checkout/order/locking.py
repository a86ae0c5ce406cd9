"""Every row lock of the wing, so that all who lock take them in one order.

The order: basket → order → vouchers → stock records; within one table by primary
key. Whoever needs two of them calls in this order and inside one transaction;
then no two placements, shipments or cancellations can wait for each other.
"""

from django.db.models import Prefetch, prefetch_related_objects

from catalogue.partner.models import StockRecord
from catalogue.partner.strategy import Strategy
from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.order.models import Order


def basket_lock(basket_id: int) -> Basket | None:
    """The basket as it is now, locked until the transaction ends; ``None`` if it is gone."""
    return Basket.objects.select_for_update().filter(pk=basket_id).first()


def order_lock(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)


def vouchers_lock(basket: Basket) -> None:
    """The basket's vouchers, which it then has at hand: a last use is taken by one order alone."""
    vouchers = Voucher.objects.select_for_update(of=("self",)).order_by("pk")
    prefetch_related_objects([basket], Prefetch("vouchers", vouchers))


def lines_lock(basket: Basket, strategy: Strategy) -> None:
    """Read the basket's lines, each stock record locked and as it is behind the lock."""
    basket.locks_stock = True
    basket.strategy = strategy
    basket.reset_offer_applications()
    len(basket.all_lines())


def stockrecords_lock(order: Order) -> None:
    """The stock records of the order's lines."""
    records = StockRecord.objects.filter(line__order=order).order_by("pk")
    list(records.select_for_update(of=("self",)).values_list("pk"))
