from django.urls import path
from django.views.generic import RedirectView
from oscar.apps.checkout import apps


class CheckoutConfig(apps.CheckoutConfig):
    """Three steps under Oscar's names; those of Oscar's that are parts of ours lead there."""

    name = "checkout"

    def ready(self):
        from checkout import views

        self.index_view = views.IndexView
        self.shipping_address_view = views.ShippingAddressView
        self.shipping_method_view = views.ShippingMethodView
        self.payment_details_view = views.PaymentDetailsView
        self.thankyou_view = views.ThankYouView

    def get_urls(self):
        def leads_to(name):
            return RedirectView.as_view(pattern_name=name)

        views = {
            "": ("index", self.index_view),
            "shipping-address/": ("shipping-address", self.shipping_address_view),
            "shipping-method/": ("shipping-method", self.shipping_method_view),
            "preview/": ("preview", self.payment_details_view),
            "thank-you/": ("thank-you", self.thankyou_view),
        }
        step = "checkout:shipping-method"
        return self.post_process_urls(
            [path(at, view.as_view(), name=name) for at, (name, view) in views.items()]
            + [
                path("payment-method/", leads_to(step), name="payment-method"),
                path("payment-details/", leads_to(step), name="payment-details"),
                path(
                    "user-address/edit/<int:pk>/",
                    leads_to("customer:address-detail"),
                    name="user-address-update",
                ),
                path(
                    "user-address/delete/<int:pk>/",
                    leads_to("customer:address-delete"),
                    name="user-address-delete",
                ),
            ]
        )
