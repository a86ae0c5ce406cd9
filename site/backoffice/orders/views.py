from django.core.exceptions import PermissionDenied
from oscar.apps.dashboard.orders import views as oscar

CUSTOMER_PERMISSION = "order.view_shippingaddress"
"""Who a customer is: name, address, e-mail address."""


class OrderListView(oscar.OrderListView):
    """Orders. Only roles that may see customers search by name and export the list."""

    def get_queryset(self):
        orders = super().get_queryset()
        if not self.request.user.has_perm(CUSTOMER_PERMISSION):
            if self.form.data.get("name"):
                raise PermissionDenied
            del self.form.fields["name"]
        return orders

    def download_selected_orders(self, request, orders):
        if not request.user.has_perm(CUSTOMER_PERMISSION):
            raise PermissionDenied
        return super().download_selected_orders(request, orders)
