from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView
from oscar.apps.dashboard.orders import views as oscar
from oscar.apps.order.exceptions import (
    InvalidOrderStatus,
    InvalidPaymentEvent,
    InvalidShippingEvent,
)
from oscar.apps.order.mixins import EventHandlerMixin

from backoffice.orders.forms import OrderCancelForm
from checkout.order import statuses
from checkout.order.locking import order_lock
from checkout.order.models import CANCELLED, LineAttribute, Order, ShippingEventType
from checkout.order.selectors import counted_orders, sales_figures
from foundation.core.identifiers import id_parse
from foundation.core.templatetags.money import money

CUSTOMER_PERMISSION = "order.view_shippingaddress"
"""Who a customer is: name, address, e-mail address."""


def choices_of_lines(user) -> Prefetch:
    """What was chosen of options, which may be a personal text, if ``user`` may see it."""
    choices = LineAttribute.objects.select_related("option")
    if not user.has_perm(CUSTOMER_PERMISSION):
        choices = choices.none()
    return Prefetch("attributes", choices)


class OrderListView(oscar.OrderListView):
    """Orders. Only roles that may see customers search by name and export the list."""

    def get_queryset(self):
        with timezone.override(None):  # days are the shop's, whoever reads
            orders = super().get_queryset()
        if not self.request.user.has_perm(CUSTOMER_PERMISSION):
            if self.form.data.get("name"):
                raise PermissionDenied
            del self.form.fields["name"]
        return orders

    def download_selected_orders(self, request, orders):
        if not request.user.has_perm(CUSTOMER_PERMISSION):
            raise PermissionDenied
        return super().download_selected_orders(request, orders)

    def change_order_status(self, request, order):
        """Oscar (4.2) fails if the order has changed since its status was read."""
        try:
            super().change_order_status(request, order)
        except InvalidOrderStatus:
            messages.error(
                request,
                _("The status of order %(number)s can't be changed in this way.")
                % {"number": order.number},
            )


class OrderDetailView(oscar.OrderDetailView):
    """One order. A line's status follows from what was done, and can't be typed."""

    order_actions = (  # type: ignore[assignment]
        *oscar.OrderDetailView.order_actions,
        "record_refund",
    )
    line_actions = ("create_shipping_event", "create_payment_event")  # type: ignore[assignment]

    def get_order_lines(self):
        choices = choices_of_lines(self.request.user)
        return super().get_order_lines().prefetch_related(choices)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        event_types = context["shipping_event_types"].exclude(code=CANCELLED)
        return context | {
            "shipping_event_types": event_types,
            "can_be_cancelled": bool(self.object.quantities_to_cancel()),
        }

    def create_shipping_event(self, request, order, lines, quantities):
        """Ship pieces once, also if the button is pressed twice or in two tabs."""
        events = id_parse(request.POST.get("expected_events", ""))
        try:
            with transaction.atomic():
                handler = self.get_handler()
                handler.check_unchanged(order_lock(order.pk), events)
                return super().create_shipping_event(request, order, lines, quantities)
        except InvalidShippingEvent as error:
            messages.error(request, str(error))
            return self.reload_page()

    def record_refund(self, request, order):
        try:
            amount = Decimal(request.POST.get("amount", ""))
            self.get_handler(user=request.user).handle_refund(order, amount)
        except InvalidOperation:
            messages.error(request, _("Please choose a valid amount"))
        except InvalidPaymentEvent as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("The refund of %(amount)s is recorded.")
                % {"amount": money(amount, order.currency)},
            )
        return self.reload_page()


class OrderCancelView(EventHandlerMixin, FormView):
    """Cancel articles of an order that have not been shipped."""

    template_name = "oscar/dashboard/orders/order_cancel.html"
    form_class = OrderCancelForm

    @cached_property
    def order(self):
        return oscar.get_order_for_user_or_404(self.request.user, self.kwargs["number"])

    def dispatch(self, request, *args, **kwargs):
        if not self.order.quantities_to_cancel():
            messages.error(
                request,
                _("Nothing is left to cancel: all articles are shipped or cancelled."),
            )
            return self.to_order()
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Quantities typed for an order that has changed since are not kept: they meant another one."""
        events = id_parse(request.POST.get("expected_events", ""))
        try:
            self.get_handler().check_unchanged(self.order, events)
            return super().post(request, *args, **kwargs)
        except InvalidShippingEvent as error:
            messages.error(request, str(error))
            return redirect("dashboard:order-cancel", number=self.order.number)

    def to_order(self):
        return redirect("dashboard:order-detail", number=self.order.number)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"order": self.order}

    def get_context_data(self, **kwargs):
        return super().get_context_data(order=self.order, **kwargs)

    def form_valid(self, form):
        quantities = form.quantities()
        self.get_handler(user=self.request.user).handle_shipping_event(
            self.order,
            ShippingEventType.objects.get(code=CANCELLED),
            list(quantities),
            list(quantities.values()),
            expected_events=form.cleaned_data["expected_events"],
        )
        articles = ", ".join(
            f"{count} × {line.title}" for line, count in quantities.items()
        )
        messages.success(
            self.request,
            _("Cancelled: %(articles)s. The customer gets a mail.")
            % {"articles": articles},
        )
        return self.to_order()


class OrderStatsView(oscar.OrderStatsView):
    """The orders that count, added up, beside the number of all orders by status."""

    def get_stats(self, filters):
        figures = sales_figures(counted_orders().filter(**filters))
        by_status = (
            Order.objects.filter(**filters)
            .order_by("status")
            .values("status")
            .annotate(freq=Count("pk"))
        )
        return {
            "total_orders": figures.orders,
            "total_lines": figures.lines,
            "total_items": figures.items,
            "total_revenue": figures.revenue,
            "order_status_breakdown": [
                row | {"label": statuses.LABELS.get(row["status"], row["status"])}
                for row in by_status
            ],
        }


class LineDetailView(oscar.LineDetailView):
    def get_object(self, queryset=None):
        line = super().get_object(queryset)
        prefetch_related_objects([line], choices_of_lines(self.request.user))
        shown = zip(line.attributes.all(), line.choice_views, strict=True)
        for attribute, choice in shown:
            attribute.value = choice.text  # Oscar (4.2) shows it as Python writes it
        return line
