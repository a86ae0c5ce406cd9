from oscar.apps.dashboard.reports import views as oscar
from oscar.core.loading import get_class

ReportForm = get_class("dashboard.reports.forms", "ReportForm")

PERMISSIONS = {
    "open_baskets": "accounts.view_user",
    "order_report": "order.view_shippingaddress",
    "submitted_baskets": "accounts.view_user",
    "user_analytics": "accounts.view_user",
}
"""What a report that names customers needs in addition, by its code."""


class IndexView(oscar.IndexView):
    def report_form_class(self, *args):
        """The form with the reports that the person may see."""
        form = ReportForm(*args)
        form.fields["report_type"].choices = [
            (code, label)
            for code, label in form.fields["report_type"].choices
            if code not in PERMISSIONS or self.request.user.has_perm(PERMISSIONS[code])
        ]
        return form
