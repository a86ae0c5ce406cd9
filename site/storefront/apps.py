from django.apps import AppConfig
from oscar.config import Shop


class StorefrontConfig(AppConfig):
    name = "storefront"
    default_auto_field = "django.db.models.BigAutoField"


class ShopConfig(Shop):
    """Oscar's root, less its home: ``/`` is a Wagtail page (``storefront.urls``)."""

    def get_urls(self):
        urls = super().get_urls()
        return [url for url in urls if getattr(url, "name", None) != "home"]
