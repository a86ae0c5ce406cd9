from datetime import timedelta

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import ListView, RedirectView
from oscar.apps.dashboard import views as oscar
from wagtail.admin.views.account import LogoutView  # noqa: F401 - Oscar's loader takes it from here

from catalogue.models import Product
from catalogue.offer.models import ConditionalOffer
from catalogue.partner.models import StockAlert
from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.order.selectors import counted_orders, sales_figures
from foundation.accounts.models import User
from foundation.audit.rules import tracked
from foundation.audit.selectors import history, history_entry
from foundation.core import clock


class IndexView(oscar.IndexView):
    """The shop in figures, those of orders as in all reports (``docs/reference/figures.md``)."""

    def get_stats(self):
        now = clock.now()
        since = now - timedelta(hours=24)
        orders = counted_orders()
        total = sales_figures(orders)
        last_day = sales_figures(orders.filter(date_placed__gte=since))
        customers = User.objects.filter(orders__in=orders).distinct()
        baskets = Basket.objects.filter(status=Basket.OPEN)
        alerts = StockAlert.objects
        return {
            "total_orders": total.orders,
            "total_lines": total.lines,
            "total_revenue": total.revenue,
            "total_orders_last_day": last_day.orders,
            "total_lines_last_day": last_day.lines,
            "total_revenue_last_day": last_day.revenue,
            "average_order_costs": last_day.average,
            "hourly_report_dict": self.get_hourly_report(orders),
            "total_customers": customers.count(),
            "total_customers_last_day": customers.filter(
                date_joined__gte=since
            ).count(),
            "total_open_baskets": baskets.count(),
            "total_open_baskets_last_day": baskets.filter(
                date_created__gte=since
            ).count(),
            "total_products": Product.objects.count(),
            "total_open_stock_alerts": alerts.filter(status=StockAlert.OPEN).count(),
            "total_closed_stock_alerts": alerts.filter(
                status=StockAlert.CLOSED
            ).count(),
            "offer_maps": ConditionalOffer.active.at(now)
            .values("offer_type")
            .annotate(count=Count("pk"))
            .order_by("offer_type"),
            "total_vouchers": Voucher.objects.filter(
                start_datetime__lte=now, end_datetime__gte=now
            ).count(),
        }


class LoginView(RedirectView):
    """One log-in: Wagtail's."""

    pattern_name = "wagtailadmin_login"
    query_string = True


class HistoryView(ListView):
    """Who changed one object and what belongs to it: when, before, after."""

    template_name = "oscar/dashboard/history.html"
    context_object_name = "entries"
    paginate_by = 50

    def get_queryset(self):
        try:
            model = apps.get_model(self.kwargs["model"])
        except (LookupError, ValueError):
            raise Http404 from None
        if tracked(model) is None:
            raise Http404
        if not self.request.user.has_perm(
            f"{model._meta.app_label}.view_{model._meta.model_name}"
        ):
            raise PermissionDenied
        self.object = get_object_or_404(model, pk=self.kwargs["pk"])
        return history(self.object)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            title=_("History of %s") % self.object, **kwargs
        )
        context["entries"] = [history_entry(log) for log in context["entries"]]
        return context
