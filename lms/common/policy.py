"""What browsers may load and run: strict everywhere, and as strict as Wagtail permits in the CMS."""

from dataclasses import asdict
from functools import lru_cache

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

CMS = "/cms/"


class PolicyMiddleware(CSPMiddleware):
    """Sends the Content-Security-Policy; pages of the CMS get the exceptions in ``CMS_POLICY``.

    A lesson's preview goes through the middleware once more under the course's own address, so learners' rules hold.
    The header of an answer that asks for nothing of its own is written once: building it took a tenth of saving an
    answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_plain = not hasattr(request, "_csp_nonce") and HEADER not in response and _OWN.isdisjoint(response.__dict__)
        if not is_plain:
            return super().process_response(request, response)
        response[HEADER] = _plain_policy(request.path_info.startswith(CMS))
        request.csp_nonce = _TOO_LATE  # type: ignore[attr-defined]
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(CMS) and not report_only:
            parts.replace = {**settings.CMS_POLICY, **(parts.replace or {})}
        return parts


_OWN = {"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt"}
"""What django-csp's decorators write on a response."""
_TOO_LATE = CheckableLazyObject(CSPMiddleware._csp_nonce_post_response)


@lru_cache(maxsize=2)
def _plain_policy(is_cms: bool) -> str:
    policy: str = build_policy(**asdict(PolicyParts(replace=settings.CMS_POLICY if is_cms else None)))
    return policy
