from django.urls import path
from oscar.apps.customer import apps
from oscar.core.loading import feature_hidden, get_class

LEFT_OUT: tuple[str, ...] = ("email-", "notifications")
"""Beginnings of the names of Oscar's views that the shop does not offer.

Mails are not kept (they carry links that open accounts); notifications have no
sender.
"""


class CustomerConfig(apps.CustomerConfig):
    name = "checkout.customer"

    def ready(self):
        super().ready()
        self.email_change_view = get_class("customer.views", "EmailChangeView")
        self.email_change_confirm_view = get_class(
            "customer.views", "EmailChangeConfirmView"
        )
        self.email_verify_send_view = get_class("customer.views", "EmailVerifySendView")

    def get_urls(self):
        """Oscar's less what is left out; each view asks for log-in itself."""
        left_out = LEFT_OUT
        if feature_hidden("wishlists"):  # Oscar (4.2) hides only its own links to them
            left_out += ("wishlists-",)
        offered = [
            url
            for url in super().get_urls()
            if url.name and not url.name.startswith(left_out)
        ]
        return [
            path(
                "profile/email/", self.email_change_view.as_view(), name="change-email"
            ),
            path(
                "profile/email/<str:token>/",
                self.email_change_confirm_view.as_view(),
                name="change-email-confirm",
            ),
            path("verify/", self.email_verify_send_view.as_view(), name="verify-send"),
            *offered,
        ]
