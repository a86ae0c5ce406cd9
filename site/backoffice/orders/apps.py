from django.urls import path
from oscar.apps.dashboard.orders import apps
from oscar.core.loading import get_class


class OrdersDashboardConfig(apps.OrdersDashboardConfig):
    name = "backoffice.orders"

    def ready(self):
        super().ready()
        self.cancel_view = get_class("dashboard.orders.views", "OrderCancelView")

    def configure_permissions(self):
        super().configure_permissions()
        self.permissions_map["order-shipping-address"] = [
            "order.view_order",
            "order.change_shippingaddress",
        ]
        self.permissions_map["order-cancel"] = [
            "order.view_order",
            "order.change_order",
        ]

    def get_urls(self):
        return super().get_urls() + self.post_process_urls(
            [
                path(
                    "<str:number>/cancel/",
                    self.cancel_view.as_view(),
                    name="order-cancel",
                )
            ]
        )
