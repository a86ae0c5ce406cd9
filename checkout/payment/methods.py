"""How an order can be paid."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Order
from checkout.payment.models import Source, SourceType


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """``code`` is that of Oscar's source type; ``confirms`` if the order holds before the money is there."""

    code: str
    name: str | Promise
    text: str | Promise
    confirms: bool


INVOICE = PaymentMethod(
    code="invoice",
    name=_("Invoice"),
    text=_("Pay within 14 days after you receive the invoice."),
    confirms=True,
)
METHODS = {method.code: method for method in (INVOICE,)}


def source_create(*, order: Order, method: PaymentMethod) -> Source:
    """The order's payment source: its total is owed, nothing is paid yet."""
    source_type = SourceType.objects.get(code=method.code)
    return Source.objects.create(
        order=order,
        source_type=source_type,
        currency=order.currency,
        amount_allocated=order.total_incl_tax,
        reference=order.number,
    )
