from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {"storefront.price": (_("Change price"), _("Price changed"))}


@hooks.register("register_log_actions")
def register_shop_actions(actions):
    """The shop's own words in the log beside Wagtail's: code → label, message."""
    for code, (label, message) in ACTIONS.items():
        actions.register_action(code, label, message)
