"""Vouchers in a basket: taken, or refused with the reason in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.basket.services import BasketError, voucher_count_addition


def voucher_add(*, basket: Basket, code: str, user) -> Voucher:
    """Note the voucher with this code (in any case) on the basket.

    Raises:
        BasketError: the basket is empty, there is no such voucher, it is not valid
            yet or any more, it is used up, or it is there already.
    """
    if not code:
        raise BasketError(_("Please enter the code of your voucher."))
    if basket.is_empty:
        raise BasketError(_("Put something into your basket first."))
    voucher = Voucher.objects.filter(code=code.upper()).first()
    if voucher is None:
        raise BasketError(
            _("There is no voucher “%(code)s”. Please check the spelling.")
            % {"code": code[:40]}
        )
    if basket.vouchers.filter(pk=voucher.pk).exists():
        raise BasketError(
            _("“%(code)s” is in your basket already.") % {"code": voucher.code}
        )
    _check(voucher, basket, user)
    basket.vouchers.add(voucher)
    voucher_count_addition(voucher=voucher)
    return voucher


def _check(voucher: Voucher, basket: Basket, user) -> None:
    at = basket.strategy.context.at
    if at < voucher.start_datetime:
        raise BasketError(_("“%(code)s” is not valid yet.") % {"code": voucher.code})
    if not voucher.is_active(at):
        raise BasketError(_("“%(code)s” has expired.") % {"code": voucher.code})
    available, reason = voucher.is_available_to_user(user)
    if not available:
        raise BasketError(f"“{voucher.code}”: {reason}")
