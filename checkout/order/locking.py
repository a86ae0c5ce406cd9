"""Every row lock of the wing, so that all who lock take them in one order.

The order: basket → order → vouchers → stock records; within one table by primary
key. Whoever needs two of them calls in this order and inside one transaction;
then no two placements, shipments or cancellations can wait for each other.
"""

from collections.abc import Iterable

from catalogue.partner.models import StockRecord
from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.order.models import Order


def basket_lock(basket_id: int) -> Basket | None:
    """The basket as it is now, locked until the transaction ends; ``None`` if it is gone."""
    return Basket.objects.select_for_update().filter(pk=basket_id).first()


def order_lock(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)


def vouchers_lock(basket: Basket) -> None:
    """The basket's vouchers: a last use is checked and taken by one order at a time."""
    vouchers = Voucher.objects.filter(basket=basket).order_by("pk")
    list(vouchers.select_for_update(of=("self",)).values_list("pk"))


def stockrecords_lock(stockrecord_ids: Iterable[int]) -> None:
    records = StockRecord.objects.filter(pk__in=stockrecord_ids).order_by("pk")
    list(records.select_for_update(of=("self",)).values_list("pk"))
