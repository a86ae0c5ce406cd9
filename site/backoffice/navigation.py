"""The shop's part of the back office menu: ``OSCAR_DASHBOARD_NAVIGATION``.

Each link is shown to whom its page lets in. Icons are Wagtail's. Not in it:
flat pages (pages are Wagtail's) and weight-based shipping charges (unused).
"""

from django.utils.translation import gettext_lazy as _


def _links(*links):
    return [{"label": label, "url_name": f"dashboard:{name}"} for label, name in links]


NAVIGATION = [
    {
        "label": _("Catalogue"),
        "icon": "tag",
        "children": _links(
            (_("Products"), "catalogue-product-list"),
            (_("Categories"), "catalogue-category-list"),
            (_("Product types"), "catalogue-class-list"),
            (_("Option groups"), "catalogue-attribute-option-group-list"),
            (_("Options"), "catalogue-option-list"),
            (_("Ranges"), "range-list"),
            (_("Stock alerts"), "stock-alert-list"),
            (_("Reviews"), "reviews-list"),
        ),
    },
    {
        "label": _("Orders"),
        "icon": "order",
        "children": _links(
            (_("Orders"), "order-list"),
            (_("Statistics"), "order-stats"),
            (_("Partners"), "partner-list"),
        ),
    },
    {
        "label": _("Customers"),
        "icon": "group",
        "children": _links(
            (_("Customers"), "users-index"),
            (_("Stock notifications"), "user-alert-list"),
            (_("E-mail texts"), "comms-list"),
        ),
    },
    {
        "label": _("Offers"),
        "icon": "pick",
        "children": _links(
            (_("Offers"), "offer-list"),
            (_("Vouchers"), "voucher-list"),
            (_("Voucher sets"), "voucher-set-list"),
        ),
    },
    {"label": _("Shop"), "icon": "desktop", "url_name": "dashboard:index"},
    {
        "label": _("Shop reports"),
        "icon": "history",
        "url_name": "dashboard:reports-index",
    },
]
