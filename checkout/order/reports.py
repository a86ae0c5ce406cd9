from django.utils.translation import gettext_lazy as _
from oscar.apps.order import reports as oscar

from checkout.order.selectors import counted_orders


class OrderReportCSVFormatter(oscar.OrderReportCSVFormatter):
    def generate_csv(self, response, orders):
        writer = self.get_csv_writer(response)
        writer.writerow(
            [
                _("Order number"),
                _("Name"),
                _("Email"),
                _("Total incl. tax"),
                _("Date placed"),
            ]
        )
        for order in orders:
            writer.writerow(
                [
                    order.number,
                    order.user.get_full_name() if order.user else "-",
                    order.email,
                    order.current_total_incl_tax,
                    self.format_datetime(order.date_placed),
                ]
            )


class OrderReportGenerator(oscar.OrderReportGenerator):
    """The orders that count, less what was cancelled: they add up to the revenue of all other figures."""

    description = _("Orders")
    formatters = {
        "CSV_formatter": OrderReportCSVFormatter,
        "HTML_formatter": oscar.OrderReportHTMLFormatter,
    }

    def get_queryset(self):
        return counted_orders().select_related("user").order_by("-date_placed", "-pk")
