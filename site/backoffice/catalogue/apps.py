from django.urls import path
from oscar.apps.dashboard.catalogue import apps
from oscar.core.loading import get_class


class CatalogueDashboardConfig(apps.CatalogueDashboardConfig):
    name = "backoffice.catalogue"

    def configure_permissions(self):
        super().configure_permissions()
        self.permissions_map["catalogue-product-variants"] = [
            "catalogue.view_product",
            "catalogue.add_product",
        ]

    def ready(self):
        super().ready()
        self.product_variants_view = get_class(
            "dashboard.catalogue.views", "ProductVariantsView"
        )

    def get_urls(self):
        variants = path(
            "products/<int:pk>/variants/",
            self.product_variants_view.as_view(),
            name="catalogue-product-variants",
        )
        return [*super().get_urls(), *self.post_process_urls([variants])]
