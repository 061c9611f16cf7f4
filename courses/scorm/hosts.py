"""The address under which packages play, apart from the platform's own.

What somebody packed runs in learners' browsers, and parts of a package speak with each other as pages of one origin do.
So they get an origin of their own, on which the platform itself does not exist: no session, no page of ours, no other
learner's data can be reached from it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

PLAY = "/play/"
_OWN_MACHINE = {"localhost", "127.0.0.1", "[::1]"}


def packages_origin(request: HttpRequest) -> str | None:
    """Where packages play for who asks; nothing where the operators have not said it."""
    if settings.PACKAGES_URL:
        return str(settings.PACKAGES_URL)
    name, port = split_domain_port(request.get_host())
    if name not in _OWN_MACHINE:
        return None
    return f"{request.scheme}://{settings.PACKAGES_HOST}{f':{port}' if port else ''}"


def is_packages_host(request: HttpRequest) -> bool:
    """Whether the request came to the address of packages."""
    return split_domain_port(request.get_host())[0] == settings.PACKAGES_HOST


class PackagesHostMiddleware:
    """Keeps the two addresses apart: packages play only under theirs, and nothing else is found there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Turn away before any view runs."""
        if request.path_info.startswith(PLAY) != is_packages_host(request):
            raise Http404
