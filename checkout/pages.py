"""What all pages of basket, checkout and account have in common."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters


class PrivatePageMixin:
    """A page for one visitor: never stored, with Django's messages and who is logged in."""

    page_title = ""

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **{
                "messages": messages.get_messages(self.request),
                "user": self.request.user,
                "page_title": self.page_title,
            }
            | kwargs
        )


class AccountPageMixin(LoginRequiredMixin, PrivatePageMixin):
    """A page of the account; ``active_tab`` is where its menu stands."""

    active_tab = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(active_tab=self.active_tab, **kwargs)
