from django.utils.translation import gettext_lazy as _
from oscar.apps.order import reports as oscar

from checkout.order.selectors import counted_orders


class OrderReportGenerator(oscar.OrderReportGenerator):
    """The orders that count: their totals add up to the revenue of all other figures."""

    description = _("Orders")

    def get_queryset(self):
        return counted_orders().select_related("user").order_by("-date_placed", "-pk")
