"""Pages that are the same for every stranger, and so are made once for many."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
SECONDS = 30
"""How old a stranger's page may be; seats left are shown with that much patience."""


def same_for_strangers(view: View) -> View:
    """Keep the page for strangers, with an ETag; whoever has a session gets her own, kept nowhere."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = "private, no-cache"
            return response
        digest = hashlib.sha256(request.get_full_path().encode()).hexdigest()
        key = f"stranger:{get_language()}:{digest}"
        body = cache.get(key)
        if body is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            body = response.content
            cache.set(key, body, SECONDS)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(body)
        response["ETag"] = tag
        response["Cache-Control"] = f"public, max-age={SECONDS}"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return wrapped
