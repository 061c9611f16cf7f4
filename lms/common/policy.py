"""What browsers may load and run: strict everywhere, and as strict as Wagtail permits in the CMS."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

CMS = "/cms/"


class PolicyMiddleware(CSPMiddleware):
    """Sends the Content-Security-Policy; pages of the CMS get the exceptions in ``CMS_POLICY``.

    A lesson's preview goes through the middleware once more under the course's own address, so learners' rules hold.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(CMS) and not report_only:
            parts.replace = {**settings.CMS_POLICY, **(parts.replace or {})}
        return parts
