from oscar.apps.search import apps


class SearchConfig(apps.SearchConfig):
    name = "catalogue.search"

    def ready(self):
        from catalogue.search import receivers  # noqa: F401

        super().ready()
