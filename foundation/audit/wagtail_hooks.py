from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from foundation.audit.formatting import ChangeFormatter

ACTIONS = {
    "audit.create": _("Create with values"),
    "audit.change": _("Change of values"),
    "audit.delete": _("Delete with values"),
    "audit.begin": _("Begun as planned"),
    "audit.end": _("Ended as planned"),
}


@hooks.register("register_log_actions")
def register_actions(actions):
    for action, label in ACTIONS.items():
        formatter = type("Formatter", (ChangeFormatter,), {"label": label})
        actions.register_action(action)(formatter)
