"""Oscar's reports about products, customers, offers and vouchers, read from the orders that count.

Nothing is counted while people look around: see ``docs/reference/figures.md``.
"""

from __future__ import annotations

from django.db.models import (
    Count,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, Concat, Trim
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oscar.apps.analytics import reports as oscar
from oscar.apps.dashboard.reports.reports import ReportCSVFormatter
from oscar.apps.offer import reports as oscar_offer
from oscar.apps.voucher import reports as oscar_voucher

from catalogue.offer.models import ConditionalOffer
from catalogue.voucher.models import Voucher
from checkout.order.models import Line, OrderDiscount
from checkout.order.selectors import (
    ITEMS_LEFT,
    REVENUE,
    REVENUE_OF_LINE,
    counted_orders,
    lines_left,
)


class RowsCSVFormatter(ReportCSVFormatter):
    """A file of the rows of ``values()``; ``columns`` maps their names to headings."""

    columns: dict[str, Promise]

    def generate_csv(self, response, rows):
        writer = self.get_csv_writer(response)
        writer.writerow(self.columns.values())
        for row in rows:
            writer.writerow(row[name] for name in self.columns)


class ProductReportCSVFormatter(RowsCSVFormatter):
    filename_template = "products-sold.csv"
    columns = {
        "name": _("Product"),
        "orders": _("Orders"),
        "items": _("Items"),
        "revenue": _("Revenue incl. tax"),
    }


class ProductReportGenerator(oscar.ProductReportGenerator):
    """What was sold, each product under its name in the newest order. Deleted ones are included."""

    description = _("Products sold")
    date_range_field_name = "order__date_placed"
    formatters = {
        "CSV_formatter": ProductReportCSVFormatter,
        "HTML_formatter": oscar.ProductReportHTMLFormatter,
    }

    def report_description(self):
        """Name the days as the other reports do: Oscar's (4.2) has none for products."""
        return super(oscar.ProductReportGenerator, self).report_description()

    def get_queryset(self) -> QuerySet:
        newest = Line.objects.filter(product=OuterRef("product")).order_by("-pk")
        return (
            lines_left(counted_orders())
            .annotate(name=Coalesce(Subquery(newest.values("title")[:1]), F("title")))
            .values("product", "name")
            .annotate(
                orders=Count("order", distinct=True),
                items=Sum(ITEMS_LEFT),
                revenue=Sum(REVENUE_OF_LINE),
            )
            .order_by("-items", "name", "product")
        )


class UserReportCSVFormatter(RowsCSVFormatter):
    filename_template = "customers.csv"
    columns = {
        "email": _("Email"),
        "name": _("Name"),
        "date_joined": _("Date registered"),
        "orders": _("Orders"),
        "items": _("Items"),
        "spent": _("Total spent"),
        "last_order": _("Date of last order"),
    }

    def generate_csv(self, response, rows):
        super().generate_csv(
            response,
            (
                row
                | {
                    "date_joined": self.format_date(row["date_joined"]),
                    "last_order": self.format_datetime(row["last_order"]),
                }
                for row in rows
            ),
        )


class UserReportGenerator(oscar.UserReportGenerator):
    """What customers with an account bought, who spent most first."""

    description = _("Customers")
    date_range_field_name = "date_placed"
    formatters = {
        "CSV_formatter": UserReportCSVFormatter,
        "HTML_formatter": oscar.UserReportHTMLFormatter,
    }

    def get_queryset(self) -> QuerySet:
        items = (
            Line.objects.filter(order=OuterRef("pk"))
            .order_by()
            .values("order")
            .values(sum=Sum(ITEMS_LEFT))
        )
        return (
            counted_orders()
            .filter(user__isnull=False)
            .annotate(items_of_order=Subquery(items))
            .values(
                "user",
                email=F("user__email"),
                name=Trim(
                    Concat(
                        "user__first_name",
                        Value(" "),
                        "user__last_name",
                        output_field=TextField(),
                    )
                ),
                date_joined=F("user__date_joined"),
            )
            .annotate(
                orders=Count("pk"),
                items=Sum("items_of_order", default=0),
                spent=Sum(REVENUE),
                last_order=Max("date_placed"),
            )
            .order_by("-spent", "user")
        )


class OfferReportCSVFormatter(RowsCSVFormatter):
    filename_template = "offers.csv"
    columns = {
        "display_offer_name": _("Offer"),
        "orders": _("Orders"),
        "total_discount": _("Total discount"),
    }


class OfferReportGenerator(oscar_offer.OfferReportGenerator):
    """What offers took off. A deleted one is included under the name that it had in its orders."""

    date_range_field_name = "order__date_placed"
    formatters = {
        "CSV_formatter": OfferReportCSVFormatter,
        "HTML_formatter": oscar_offer.OfferReportHTMLFormatter,
    }

    def get_queryset(self) -> QuerySet:
        offers = ConditionalOffer.objects.filter(pk=OuterRef("offer_id"))
        return (
            discounts_given()
            .filter(offer_id__isnull=False)
            .annotate(
                existing=Subquery(offers.values("pk")[:1]),
                display_offer_name=Coalesce(
                    Subquery(offers.values("name")[:1]), F("offer_name")
                ),
            )
            .values("offer_id", "existing", "display_offer_name")
            .annotate(
                orders=Count("order", distinct=True), total_discount=Sum("amount")
            )
            .order_by("-total_discount", "offer_id")
        )


class VoucherReportCSVFormatter(RowsCSVFormatter):
    filename_template = "vouchers.csv"
    columns = {
        "voucher_code": _("Voucher code"),
        "orders": _("Orders"),
        "total_discount": _("Total discount"),
    }


class VoucherReportGenerator(oscar_voucher.VoucherReportGenerator):
    """What vouchers took off. A deleted one is included."""

    date_range_field_name = "order__date_placed"
    formatters = {
        "CSV_formatter": VoucherReportCSVFormatter,
        "HTML_formatter": oscar_voucher.VoucherReportHTMLFormatter,
    }

    def get_queryset(self) -> QuerySet:
        vouchers = Voucher.objects.filter(pk=OuterRef("voucher_id"))
        return (
            discounts_given()
            .filter(voucher_id__isnull=False)
            .annotate(existing=Subquery(vouchers.values("pk")[:1]))
            .values("voucher_id", "existing", "voucher_code")
            .annotate(
                orders=Count("order", distinct=True), total_discount=Sum("amount")
            )
            .order_by("-total_discount", "voucher_code")
        )


def discounts_given() -> QuerySet[OrderDiscount]:
    return OrderDiscount.objects.filter(order__in=counted_orders().values("pk"))
