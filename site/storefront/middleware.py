from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from foundation.core.spreadsheets import csv_neutralise
from storefront.context_processors import BACK_OFFICE


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The shopper's strict policy; under ``/cms/`` and ``/dashboard/`` the back office's own.

    Wagtail 8's choosers and Oscar's dashboard start their scripts inline, without
    a nonce; ``BACK_OFFICE_CONTENT_SECURITY_POLICY`` allows that and nothing from
    another host.
    """

    def get_policy_parts(self, request, response, report_only=False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith(BACK_OFFICE):
            parts.config = settings.BACK_OFFICE_CONTENT_SECURITY_POLICY
        return parts


class ExportMiddleware:
    """Neutralises formulas in every CSV file that the back office exports.

    At this one place, because a dozen views of Oscar and Wagtail write CSV, each its
    own way. Workbooks need no such care: Wagtail types their cells as text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.get("Content-Type", "")
        if request.path.startswith(BACK_OFFICE) and kind.startswith("text/csv"):
            if response.streaming:
                chunks = response.streaming_content
                response.streaming_content = csv_neutralise(chunks)
            else:
                response.content = b"".join(csv_neutralise([response.content]))
        return response


class StaffMiddleware:
    """Recognises staff in the back office before anything of it can fail.

    Error pages ask ``is_from_staff``. They are in the person's language: Wagtail (8.0)
    sets it around its views only, not around its page for missing addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(BACK_OFFICE):
            user = request.user
            request.is_from_staff = user.has_perm("wagtailadmin.access_admin")
            profile = getattr(user, "wagtail_userprofile", None)
            if request.is_from_staff and profile:
                translation.activate(profile.get_preferred_language())
        return self.get_response(request)


def is_from_staff(request: HttpRequest) -> bool:
    """Return whether a person who may enter the back office asks for one of its addresses.

    A script is no person: what it gets is short.
    """
    return (
        getattr(request, "is_from_staff", False)
        and request.headers.get("X-Requested-With") != "XMLHttpRequest"
    )
