from django import template
from django.db.models import Model
from django.urls import reverse

from foundation.audit.rules import tracked

register = template.Library()


@register.inclusion_tag("backoffice/history_link.html", takes_context=True)
def history_link(context):
    """A link to the history of the page's object, where there is one that the person may see."""
    subject = context.get("object")
    if not isinstance(subject, Model) or not subject.pk:
        return {}
    meta = subject._meta
    may_view = context["request"].user.has_perm(
        f"{meta.app_label}.view_{meta.model_name}"
    )
    if not may_view or tracked(type(subject)) is None:
        return {}
    return {
        "history_url": reverse("dashboard:history", args=[meta.label_lower, subject.pk])
    }
