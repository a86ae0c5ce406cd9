"""Waiting for what is sold out. The form stands on the product's page, which is cacheable."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from catalogue.models import Product
from catalogue.selectors.cards import product_url
from catalogue.visibility import public_products
from checkout.basket.selectors import product_name, variant_labels
from checkout.customer.alerts.selectors import alert_offer, alerts_of
from checkout.customer.alerts.services import (
    AlertError,
    alert_by_cancel_token,
    alert_cancel,
    alert_confirm,
    alert_request,
)
from checkout.customer.forms import ProductAlertForm
from checkout.customer.models import ProductAlert
from checkout.pages import AccountPageMixin, PrivatePageMixin
from foundation.core.context import shop_context_for_request
from foundation.delivery.same_origin import same_origin_post


@method_decorator(same_origin_post, name="dispatch")
class ProductAlertCreateView(PrivatePageMixin, FormView):
    """The same answer whether or not the address waits already; only a mail says more."""

    template_name = "oscar/customer/alerts/form.html"
    form_class = ProductAlertForm
    page_title = gettext_lazy("Tell me when it is back")

    def dispatch(self, request, *args, **kwargs):
        products = public_products().exclude(structure=Product.PARENT)
        self.product = get_object_or_404(products, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return redirect(product_url(self.product))

    def post(self, request, *args, **kwargs):
        if alert_offer(self.product.pk, shop_context_for_request(request)) is not None:
            messages.info(request, _("Good news: it can be bought right now."))
            return redirect(product_url(self.product))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        user = self.request.user if self.request.user.is_authenticated else None
        email = form.cleaned_data["email"]
        is_certain = alert_request(product=self.product, email=email, user=user)
        return self.render_to_response(
            self.get_context_data(form=form, sent_to=email, is_certain=is_certain)
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            product_title=product_name(self.product),
            product_url=product_url(self.product),
            **kwargs,
        )


class ProductAlertConfirmView(PrivatePageMixin, TemplateView):
    """Where the first mail's link leads; a button confirms, as mail scanners open links."""

    template_name = "oscar/customer/alerts/confirm.html"
    page_title = gettext_lazy("Tell me when it is back")

    def post(self, request, *args, **kwargs):
        try:
            alert = alert_confirm(token=kwargs["key"])
        except AlertError as error:
            messages.error(request, str(error))
            return redirect("home")
        messages.success(
            request, _("Done. We will write to you as soon as it can be bought again.")
        )
        return redirect(product_url(alert.product))


class ProductAlertListView(AccountPageMixin, TemplateView):
    template_name = "oscar/customer/alerts/alert_list.html"
    active_tab = "alerts"
    page_title = gettext_lazy("Back in stock")

    def get_context_data(self, **kwargs):
        alerts = list(alerts_of(self.person))
        labels = variant_labels([alert.product for alert in alerts])
        return super().get_context_data(
            alerts=[
                {
                    "alert": alert,
                    "title": alert.product.get_title(),
                    "label": labels.get(alert.product_id, ""),
                    "url": product_url(alert.product),
                }
                for alert in alerts
            ],
            **kwargs,
        )


class ProductAlertCancelView(PrivatePageMixin, TemplateView):
    """Asks on GET, by the link of a mail (``key``) or from the account (``pk``)."""

    template_name = "oscar/customer/alerts/cancel.html"
    page_title = gettext_lazy("Stop waiting for it?")

    def dispatch(self, request, *args, **kwargs):
        if "key" in kwargs:
            self.alert = alert_by_cancel_token(kwargs["key"])
        else:
            self.alert = get_object_or_404(ProductAlert, user=request.user, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        title = product_name(self.alert.product) if self.alert else ""
        return super().get_context_data(
            product_title=title, is_over=self.alert is None, **kwargs
        )

    def post(self, request, *args, **kwargs):
        if self.alert is not None:
            alert_cancel(alert=self.alert)
        messages.success(request, _("Your request is deleted."))
        return redirect("home" if "key" in kwargs else "customer:alerts-list")
