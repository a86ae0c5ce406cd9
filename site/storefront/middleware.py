from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings

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
