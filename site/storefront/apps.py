from django.apps import AppConfig
from oscar.config import Shop


class StorefrontConfig(AppConfig):
    name = "storefront"
    default_auto_field = "django.db.models.BigAutoField"


class ShopConfig(Shop):
    """Oscar's root, less its home, which is a Wagtail page, and its dashboard, which
    has no address in other languages: ``storefront.urls`` has both.
    """

    def get_urls(self):
        urls = super().get_urls()
        return [
            url
            for url in urls
            if getattr(url, "name", None) != "home"
            and getattr(url, "namespace", None) != "dashboard"
        ]
