"""What happens around every request."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from lms.common.errors import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusedMiddleware:
    """Answers a ``Refused`` with 409: a page, a fragment for HTMX, or a problem document (RFC 9457) for JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.accepts("text/html"):
            template = "components/refused.html" if getattr(request, "htmx", False) else "refused.html"
            return render(request, template, {"refusal": exception}, status=409)
        return JsonResponse(
            {"type": "about:blank", "status": 409, "title": str(exception), "code": exception.code},
            status=409,
            content_type="application/problem+json",
        )


class PersonTimeZoneMiddleware:
    """Shows every time in the person's own zone; strangers see WIB."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The session cookie is the cheap sign of somebody: without it the person is not even looked up.
        zone = request.session.get("time_zone") if request.COOKIES else None
        if not zone:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)
