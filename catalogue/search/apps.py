from django.conf import settings
from django.utils.module_loading import import_string
from oscar.apps.search import apps


class SearchConfig(apps.SearchConfig):
    """Oscar's search app; its page joins products and pages, so the setting names it."""

    name = "catalogue.search"

    def ready(self):
        from catalogue.search import receivers  # noqa: F401

        self.search_view = import_string(settings.STOREFRONT_SEARCH_VIEW)
