"""Vouchers in a basket: taken, or refused with the reason in words."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from catalogue.voucher.models import Voucher
from catalogue.voucher.services import voucher_check
from checkout.basket.models import Basket
from checkout.basket.services import BasketError


def voucher_add(*, basket: Basket, code: str, user) -> Voucher:
    """Note the voucher with this code (in any case) on the basket.

    Raises:
        BasketError: no code was given, the basket is empty, or has it already.
        VoucherError: it can't be used; says why.
    """
    if not code:
        raise BasketError(_("Please enter the code of your voucher."))
    if basket.is_empty:
        raise BasketError(_("Put something into your basket first."))
    voucher = voucher_check(code=code, user=user, context=basket.strategy.context)
    if basket.vouchers.filter(pk=voucher.pk).exists():
        raise BasketError(
            _("“%(code)s” is in your basket already.") % {"code": voucher.code}
        )
    basket.vouchers.add(voucher)
    Voucher.objects.filter(pk=voucher.pk).update(
        num_basket_additions=F("num_basket_additions") + 1
    )
    return voucher
