"""Oscar's vouchers, read by the shop's clock."""

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


from oscar.apps.voucher.models import *
