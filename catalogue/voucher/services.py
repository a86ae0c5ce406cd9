"""Whether a voucher can be used, and in words why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from catalogue.voucher.models import Voucher
from foundation.core.context import ShopContext
from foundation.core.errors import DomainError

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from foundation.accounts.models import User


class VoucherError(DomainError):
    """This voucher can't be used."""


class VoucherUnknownError(VoucherError):
    """No voucher has this code."""


class VoucherNotYetError(VoucherError):
    """It is not valid yet."""


class VoucherExpiredError(VoucherError):
    """It is no longer valid."""


class VoucherUsedUpError(VoucherError):
    """It was for one use, or its offers have been used as often as they may."""


class VoucherAlreadyUsedError(VoucherError):
    """This customer has used it before."""


class VoucherNeedsAccountError(VoucherError):
    """It is for one use by each customer, and this one has not logged in."""


class VoucherNeedsVerifiedEmailError(VoucherError):
    """It is for one use by each customer, whose e-mail address isn't verified yet."""


class VoucherNotApplicableError(VoucherError):
    """Nothing in the basket fits it."""


def voucher_check(
    *, code: str, user: User | AnonymousUser | None, context: ShopContext, basket=None
) -> Voucher:
    """The voucher with ``code`` (case and outer spaces don't matter) if ``user`` can use it.

    Read at ``context.at``. With ``basket`` (which has a strategy) it is also
    checked that something in it fits. Locks nothing: placement checks again.

    Raises:
        VoucherError: one of its kinds; its text says why.
    """
    voucher = Voucher.objects.filter(code=code.strip().upper()).first()
    if voucher is None:
        raise VoucherUnknownError(
            _("We don't know the voucher “%(code)s”.") % {"code": code.strip()[:40]}
        )
    _check_time(voucher, context)
    _check_usage(voucher, user)
    offers = list(voucher.offers.select_related("condition__range", "benefit__range"))
    customer = user if user is not None and user.is_authenticated else None
    if not any(offer.is_available(customer, context.at) for offer in offers):
        raise VoucherUsedUpError(_("This voucher has been used up."))
    if basket is not None and not any(
        offer.is_condition_satisfied(basket) for offer in offers
    ):
        raise VoucherNotApplicableError(
            _("Nothing in your basket fits this voucher yet.")
        )
    return voucher


def _check_time(voucher: Voucher, context: ShopContext) -> None:
    if voucher.start_datetime > context.at:
        raise VoucherNotYetError(
            _("This voucher is valid from %(date)s.")
            % {"date": date_format(localtime(voucher.start_datetime))}
        )
    if voucher.end_datetime < context.at:
        raise VoucherExpiredError(
            _("This voucher expired on %(date)s.")
            % {"date": date_format(localtime(voucher.end_datetime))}
        )


def _check_usage(voucher: Voucher, user: User | AnonymousUser | None) -> None:
    if voucher.usage == Voucher.SINGLE_USE and voucher.applications.exists():
        raise VoucherUsedUpError(_("This voucher has already been used."))
    if voucher.usage != Voucher.ONCE_PER_CUSTOMER:
        return
    if user is None or not user.is_authenticated:
        raise VoucherNeedsAccountError(
            _("Log in to use this voucher: it is for one use by each customer.")
        )
    if user.email_verified_at is None:
        raise VoucherNeedsVerifiedEmailError(
            _(
                "Confirm your e-mail address first: this voucher is for one use "
                "by each customer."
            )
        )
    if voucher.applications.filter(user=user).exists():
        raise VoucherAlreadyUsedError(_("You have used this voucher before."))
