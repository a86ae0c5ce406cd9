from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import ListView, RedirectView
from wagtail.admin.views.account import LogoutView  # noqa: F401 - Oscar's loader takes it from here

from foundation.audit.rules import tracked
from foundation.audit.selectors import history, history_entry


class LoginView(RedirectView):
    """One log-in: Wagtail's."""

    pattern_name = "wagtailadmin_login"
    query_string = True


class HistoryView(ListView):
    """Who changed one object and what belongs to it: when, before, after."""

    template_name = "oscar/dashboard/history.html"
    context_object_name = "entries"
    paginate_by = 50

    def get_queryset(self):
        try:
            model = apps.get_model(self.kwargs["model"])
        except (LookupError, ValueError):
            raise Http404 from None
        if tracked(model) is None:
            raise Http404
        if not self.request.user.has_perm(
            f"{model._meta.app_label}.view_{model._meta.model_name}"
        ):
            raise PermissionDenied
        self.object = get_object_or_404(model, pk=self.kwargs["pk"])
        return history(self.object)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            title=_("History of %s") % self.object, **kwargs
        )
        context["entries"] = [history_entry(log) for log in context["entries"]]
        return context
