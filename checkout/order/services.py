"""Placing an order: locks, looks again, writes; all or nothing (docs/algorithms/placement.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from oscar.core.loading import get_class

from catalogue.partner.strategy import Strategy
from checkout.address.models import Country
from checkout.address.services import address_remember
from checkout.basket.models import Basket
from checkout.basket.selectors import product_name
from checkout.order import locking, statuses
from checkout.order.mails import order_mail_enqueue
from checkout.order.models import BillingAddress, Order, ShippingAddress
from checkout.payment.methods import METHODS, source_create
from checkout.shipping.methods import NoShippingRequired
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.context import ShopContext
from foundation.core.errors import DomainError


class OrderRefusedError(DomainError):
    """The order can't be placed as it was shown; nothing was written, the basket is as it was."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the shopper agreed to; ``total`` is the gross sum that the last page showed.

    Delivery is ignored if nothing in the basket needs it.
    """

    user: User | AnonymousUser
    email: str
    shipping_address: ShippingAddress | None
    billing_address: BillingAddress
    shipping_code: str
    payment_code: str
    total: Decimal


def order_of_basket(basket_id: int) -> Order | None:
    """The order that was placed with this basket."""
    return Order.objects.filter(basket=basket_id).order_by("pk").first()


@transaction.atomic
def order_place(
    *, basket_id: int, context: ShopContext, submission: Submission
) -> Order:
    """The order of this basket: placed now, or the one that an earlier submit placed.

    Takes the locks of ``checkout.order.locking`` and reads basket, prices, offers
    and stock anew behind them, at the moment of the lock. The confirmation mail
    leaves after the commit.

    Raises:
        OrderRefusedError: the basket is empty, a line can't be had any more, the total is
            another than the one shown, or delivery or payment is not on offer.
        OutOfStockError: the conditional update found less stock than the lines need.
    """
    basket = locking.basket_lock(basket_id)
    if basket is not None and basket.status == Basket.SUBMITTED:
        placed = order_of_basket(basket_id)
        if placed is not None:
            return placed
    if basket is None or basket.status != Basket.OPEN:
        raise OrderRefusedError(_("Your basket is empty."))
    _read_again(basket, context, submission.user)
    if not basket.is_shipping_required():
        submission = replace(
            submission, shipping_address=None, shipping_code=NoShippingRequired.code
        )
    _countries_read(submission)
    method = _method(basket, submission)
    charge = method.calculate(basket)
    total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(
        basket, charge
    )
    if total.incl_tax != submission.total:
        raise OrderRefusedError(
            _(
                "A price has changed in the meantime. Please look at the total once more."
            )
        )
    payment = METHODS[submission.payment_code]
    if submission.shipping_address:
        submission.shipping_address.save()
    submission.billing_address.save()
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=total,
        shipping_method=method,
        shipping_charge=charge,
        user=submission.user,
        shipping_address=submission.shipping_address,
        billing_address=submission.billing_address,
        language=get_language() or "",
        guest_email="" if submission.user.is_authenticated else submission.email,
    )
    source_create(order=order, method=payment)
    if payment.confirms:
        order.set_status(statuses.CONFIRMED)
    basket.submit()
    if isinstance(submission.user, User):
        address_remember(
            user=submission.user,
            address=submission.shipping_address or submission.billing_address,
        )
    order_mail_enqueue(order=order, kind="placed")
    return order


def _countries_read(submission: Submission) -> None:
    """Give the addresses their countries at once (Oscar asks for each one's name)."""
    both = (submission.shipping_address, submission.billing_address)
    addresses = [each for each in both if each is not None]
    countries = Country.objects.in_bulk({each.country_id for each in addresses})
    for address in addresses:
        if address.country_id not in countries:
            raise OrderRefusedError(_("Please check the addresses once more."))
        address.country = countries[address.country_id]


def _read_again(basket: Basket, context: ShopContext, user) -> None:
    """Lock vouchers and stock, then load lines, prices and offers as they are now."""
    locking.vouchers_lock(basket)
    locking.lines_lock(basket, Strategy(context=replace(context, at=clock.now())))
    if user.is_authenticated:
        basket.owner = user
    get_class("offer.applicator", "Applicator")().apply(basket, user)
    if basket.is_empty:
        raise OrderRefusedError(_("Your basket is empty."))
    problems = [
        f"“{product_name(line.product)}”: {line.problem}"
        for line in basket.all_lines()
        if line.problem
    ]
    if problems:
        raise OrderRefusedError(" ".join(problems))


def _method(basket: Basket, submission: Submission):
    methods = get_class("shipping.repository", "Repository")().get_shipping_methods(
        basket=basket, shipping_addr=submission.shipping_address
    )
    chosen = [each for each in methods if each.code == submission.shipping_code]
    is_missing = basket.is_shipping_required() and submission.shipping_address is None
    if is_missing or not chosen:
        raise OrderRefusedError(_("Please choose the delivery once more."))
    if submission.payment_code not in METHODS:
        raise OrderRefusedError(_("Please choose how to pay once more."))
    return chosen[0]
