"""What happens around every request."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone

from lms.common.errors import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


class CompressedPagesMiddleware(GZipMiddleware):
    """Sends pages compressed: on a line of 64 kbit/s a lesson of 30 KB would otherwise take four seconds more.

    Files go as they are, for they are asked for in ranges. Django's own middleware, which this is, adds some random
    bytes to each answer, so that its length says nothing of the token in a form (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class RefusedMiddleware:
    """Answers a ``Refused``: with a page, a fragment for HTMX, or a problem document (RFC 9457) for JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.accepts("text/html"):
            template = "components/refused.html" if getattr(request, "htmx", False) else "refused.html"
            return render(request, template, {"refusal": exception}, status=exception.status)
        return JsonResponse(
            {"type": "about:blank", "status": exception.status, "title": str(exception), "code": exception.code},
            status=exception.status,
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
