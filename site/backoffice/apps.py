from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard import apps
from oscar.core.loading import get_class

WRITING = {
    "catalogue-category-detail-list": "catalogue.change_category",
    "catalogue-category-list": "catalogue.change_category",
    "catalogue-product-list": "catalogue.change_product",
    "order-detail": "order.change_order",
    "order-list": "order.change_order",
    "partner-manage": "partner.change_partner",
    "users-index": "accounts.change_user",
}
"""Pages that Oscar 4.2 lets be read and written with the permission to view: what a POST needs."""

OPEN = {"login", "logout"}


class DashboardConfig(apps.DashboardConfig):
    """Oscar's dashboard behind Wagtail's gate: one log-in, one shell, one log of who acts.

    Flat pages are not mounted: pages are Wagtail's.
    """

    name = "backoffice"
    verbose_name = _("Back office")

    def ready(self):
        super().ready()
        from backoffice import receivers, usage  # noqa: F401
        from backoffice.audit import track

        self.history_view = get_class("dashboard.views", "HistoryView")
        self.logout_view = get_class("dashboard.views", "LogoutView")
        track()
        usage.register()

    def configure_permissions(self):
        DashboardPermission = get_class(  # noqa: N806 - Oscar's name
            "dashboard.permissions", "DashboardPermission"
        )
        self.permissions_map = {
            "index": DashboardPermission.staff,
            "history": DashboardPermission.staff,  # and the object's, in the view
        }

    def get_urls(self):
        return self.post_process_urls(
            [
                path("", self.index_view.as_view(), name="index"),
                path("login/", self.login_view.as_view(), name="login"),
                path("logout/", self.logout_view.as_view(), name="logout"),
                path(
                    "history/<str:model>/<int:pk>/",
                    self.history_view.as_view(),
                    name="history",
                ),
                *(
                    path(f"{prefix}/", include(config.urls[0]))
                    for prefix, config in self._parts().items()
                ),
            ]
        )

    def _parts(self):
        return {
            "catalogue": self.catalogue_app,
            "comms": self.comms_app,
            "offers": self.offers_app,
            "orders": self.orders_app,
            "partners": self.partners_app,
            "ranges": self.ranges_app,
            "reports": self.reports_app,
            "reviews": self.reviews_app,
            "shipping": self.shipping_app,
            "users": self.users_app,
            "vouchers": self.vouchers_app,
        }

    def get_url_decorator(self, pattern):
        """Also for the patterns of the sub-apps, outside their own permission check."""
        if pattern.name in OPEN:
            return None
        from backoffice.access import staff_only

        inner = super().get_url_decorator(pattern) or (lambda view: view)
        writing = WRITING.get(pattern.name)
        return lambda view: staff_only(inner(view), writing=writing)
