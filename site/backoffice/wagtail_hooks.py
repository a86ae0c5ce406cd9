from django.conf import settings
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_class
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from backoffice.jobs.bulk_actions import DiscardJobsAction, RetryJobsAction
from backoffice.jobs.views import FailedJobsView
from backoffice.panels import ShopPanel
from foundation.audit.formatting import ChangeFormatter

SHOP_ACTIONS = {
    "storefront.price": _("Change of price"),
    "storefront.variants": _("New variants"),
    "storefront.job_retry": _("Job tried again"),
}
FIRST = 110  # after Wagtail's pages


class DashboardMenuItem(MenuItem):
    """A link of Oscar's navigation, shown to whom Oscar would show it."""

    def __init__(self, node, **options):
        super().__init__(node.label, node.url, **options)
        self.node = node

    def is_shown(self, request):
        return self.node.is_visible(request.user)


def _menu_items():
    create_menu = get_class("dashboard.menu", "create_menu")
    for order, node in enumerate(create_menu(settings.OSCAR_DASHBOARD_NAVIGATION)):
        options = {
            "order": FIRST + order,
            "icon_name": node.icon,
            "name": f"shop-{order}",
        }
        if node.is_heading:
            links = [
                DashboardMenuItem(child, order=place)
                for place, child in enumerate(node.children)
            ]
            yield SubmenuMenuItem(node.label, Menu(items=links), **options)
        else:
            yield DashboardMenuItem(node, **options)


@hooks.register("construct_main_menu")
def add_shop_to_menu(request, items):
    items += [item for item in _menu_items() if item.is_shown(request)]


@hooks.register("construct_homepage_panels")
def add_shop_panel(request, panels):
    panels.append(ShopPanel(request))


@hooks.register("insert_global_admin_css")
def admin_css():
    return format_html(
        '<link rel="stylesheet" href="{}">', static("backoffice/css/admin.css")
    )


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, "backoffice/icons/order.svg"]


@hooks.register("register_log_actions")
def register_actions(actions):
    for action, label in SHOP_ACTIONS.items():
        formatter = type("Formatter", (ChangeFormatter,), {"label": label})
        actions.register_action(action)(formatter)


@hooks.register("register_account_menu_item")
def change_email_item(request):
    return {
        "url": reverse("customer:change-email"),
        "label": _("Change e-mail address"),
        "help_text": _("In your profile in the shop, with your password."),
    }


# --- Failed jobs --------------------------------------------------------------------

hooks.register("register_bulk_action", RetryJobsAction)
hooks.register("register_bulk_action", DiscardJobsAction)


class FailedJobsMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("core.view_outboxentry")


@hooks.register("register_reports_menu_item")
def failed_jobs_menu_item():
    return FailedJobsMenuItem(
        _("Failed jobs"), reverse("failed_jobs"), icon_name="warning", order=900
    )


@hooks.register("register_admin_urls")
def failed_jobs_urls():
    return [
        path("jobs/", FailedJobsView.as_view(), name="failed_jobs"),
        path(
            "jobs/results/",
            FailedJobsView.as_view(results_only=True),
            name="failed_jobs_results",
        ),
    ]
