from django.apps import AppConfig
from django.urls import path
from oscar.config import Shop
from oscar.core.loading import get_class


class StorefrontConfig(AppConfig):
    name = "storefront"
    default_auto_field = "django.db.models.BigAutoField"


class ShopConfig(Shop):
    """Oscar's root, less its home, which is a Wagtail page, and its dashboard, which
    has no address in other languages: ``storefront.urls`` has both.

    The page where a mailed link sets a password is the shop's own: it logs in.
    """

    LEFT_OUT = {"home", "password-reset-confirm", "password-reset-complete"}

    def get_urls(self):
        password_view = get_class("customer.views", "PasswordResetConfirmView")
        return [
            path(
                "password-reset/confirm/<str:uidb64>/<str:token>/",
                password_view.as_view(),
                name="password-reset-confirm",
            ),
            *(
                url
                for url in super().get_urls()
                if getattr(url, "name", None) not in self.LEFT_OUT
                and getattr(url, "namespace", None) != "dashboard"
            ),
        ]
