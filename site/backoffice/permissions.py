from oscar.apps.dashboard import permissions


class DashboardPermission(permissions.DashboardPermission):
    """Rights come from roles alone: neither ``is_staff`` nor a partner's people open a page."""

    staff = ["wagtailadmin.access_admin"]
    partner_dashboard_access = ["is_superuser"]
