"""What all pages of basket, checkout and account have in common."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from django.views.generic.base import ContextMixin

from foundation.accounts.models import User


def previous_page(request: HttpRequest) -> str:
    """Return the URL that the form names as ``next``, otherwise the page it was sent from.

    Empty if there is none, or if it is on another host.
    """
    host, secure = request.get_host(), request.is_secure()
    for url in (request.POST.get("next"), request.headers.get("Referer")):
        if url and url_has_allowed_host_and_scheme(url, host, secure):
            return url
    return ""


class PrivatePageMixin(ContextMixin, View):
    """A page for one visitor: never stored, with Django's messages and who is logged in."""

    page_title: str | Promise = ""

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

    @property
    def person(self) -> User:
        """Who is logged in: this page is for nobody else."""
        return cast("User", self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(active_tab=self.active_tab, **kwargs)
