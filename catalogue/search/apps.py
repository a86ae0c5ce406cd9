from django.conf import settings
from django.utils.module_loading import import_string
from oscar.apps.search import apps


class SearchConfig(apps.SearchConfig):
    """The product index. The page of results is a higher layer's: ``STOREFRONT_SEARCH_VIEW``."""

    name = "catalogue.search"

    def ready(self):
        from catalogue.search import receivers  # noqa: F401

        self.search_view = import_string(settings.STOREFRONT_SEARCH_VIEW)
