"""Oscar's vouchers, read by the shop's clock."""

from django.utils.translation import gettext as _
from oscar.apps.voucher.abstract_models import AbstractVoucher, AbstractVoucherSet

from foundation.core import clock


class VoucherSet(AbstractVoucherSet):
    def is_active(self, test_datetime=None):
        return super().is_active(test_datetime or clock.now())


class Voucher(AbstractVoucher):
    def is_active(self, test_datetime=None):
        return super().is_active(test_datetime or clock.now())

    def is_expired(self):
        return self.end_datetime < clock.now()

    def is_available_to_user(self, user=None):
        """Oscar's answer; "once per customer" needs a verified e-mail address, too.

        Oscar's basket and placement ask here. Accounts that verify nothing cost nothing.
        """
        if self.usage == self.ONCE_PER_CUSTOMER and not getattr(
            user, "email_verified_at", None
        ):
            return False, _("Confirm your e-mail address first.")
        return super().is_available_to_user(user)


from oscar.apps.voucher.models import *
