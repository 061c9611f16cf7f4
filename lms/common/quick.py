"""A short way through Django for what the scripts of pages send at every tap."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch
from django.urls.resolvers import get_resolver
from django.utils.module_loading import import_string

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
MATCH = "quick.match"


class QuickHandler(WSGIHandler):
    """Django with the middleware of ``QUICK_MIDDLEWARE``, for addresses that are resolved already.

    An answer in JSON to a page's script has no use for what is around a page: its messages, its policy, its frame.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        # Django's own step from the middleware to the view; its stubs leave it out.
        handler: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.QUICK_MIDDLEWARE):
            handler = import_string(path)(handler)
            if hasattr(handler, "process_view"):
                self._view_middleware.insert(0, handler.process_view)
            if hasattr(handler, "process_exception"):
                self._exception_middleware.append(handler.process_exception)
        self._middleware_chain = convert_exception_to_response(handler)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        # Otherwise the server would send it in chunks.
        if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        match: ResolverMatch = request.META[MATCH]
        request.resolver_match = match
        return match


class ShortWay:
    """Hands what is posted by a script to an address of ``QUICK_URLS`` to ``QuickHandler``, and the rest to ``usual``.

    The same views answer at the same addresses both ways.
    """

    def __init__(self, usual: Application) -> None:
        self._usual = usual
        self._quick = QuickHandler()
        self._resolver = get_resolver(settings.QUICK_URLS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ.get("HTTP_ACCEPT") == "application/json":
            try:
                environ[MATCH] = self._resolver.resolve(environ["PATH_INFO"])
            except Resolver404:
                return self._usual(environ, start_response)
            return self._quick(environ, start_response)
        return self._usual(environ, start_response)
