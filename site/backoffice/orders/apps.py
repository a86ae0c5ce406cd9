from oscar.apps.dashboard.orders import apps


class OrdersDashboardConfig(apps.OrdersDashboardConfig):
    name = "backoffice.orders"

    def configure_permissions(self):
        super().configure_permissions()
        self.permissions_map["order-shipping-address"] = [
            "order.view_order",
            "order.change_shippingaddress",
        ]
