from wagtail.admin.ui.components import Component

from backoffice.selectors import shop_summary
from checkout.order import statuses


class ShopPanel(Component):
    """Orders, revenue and what waits, beside Wagtail's own panels; each person sees what theirs is."""

    name = "shop"
    order = 50
    template_name = "backoffice/shop_panel.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        may = self.request.user.has_perm
        sees = {
            "orders": may("order.view_order"),
            "stock": may("partner.view_stockalert"),
            "reviews": may("reviews.view_productreview"),
        }
        return {
            "sees": sees,
            "summary": shop_summary() if any(sees.values()) else None,
            "to_ship_status": statuses.CONFIRMED,
        }
