from django.contrib.auth.decorators import login_required
from django.urls import path
from oscar.apps.basket import apps
from oscar.core.loading import get_class


class BasketConfig(apps.BasketConfig):
    name = "checkout.basket"

    def ready(self):
        super().ready()
        from checkout.basket import receivers  # noqa: F401

        self.line_view = get_class("basket.views", "LineView")

    def get_urls(self):
        """Oscar's, and one for each line in place of its formset."""
        urls = [
            path("lines/<int:pk>/", self.line_view.as_view(), name="line"),
            path("saved/", login_required(self.saved_view.as_view()), name="saved"),
        ]
        return self.post_process_urls(urls) + super().get_urls()
