"""A short way through Django for what the scripts of pages send at every tap."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch
from django.urls.resolvers import get_resolver
from django.utils import translation
from django.utils.module_loading import import_string

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
View = TypeVar("View", bound=Callable[..., Any])
MATCH = "quick.match"


def bare(view: View) -> View:
    """A view that takes the short way with nothing around it but ``RefusedMiddleware``.

    It reads cookies itself, tells no time, speaks to scripts only, and needs no token against forgery: what is posted
    holds a secret that only our own page knows.
    """
    view.is_bare = view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


class QuickHandler(WSGIHandler):
    """Django with little middleware, for addresses that are resolved already.

    An answer in JSON to a page's script has no use for what is around a page: its messages, its policy, its frame.
    """

    def __init__(self, middleware: Sequence[str]) -> None:
        self._middleware = middleware
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        # Django's own step from the middleware to the view; its stubs leave it out.
        handler: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(self._middleware):
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
    """Hands what a script posts to an address of ``QUICK_URLS`` to a ``QuickHandler``, and the rest to ``usual``.

    The same views answer at the same addresses both ways.
    """

    def __init__(self, usual: Application) -> None:
        self._usual = usual
        self._quick = QuickHandler(settings.QUICK_MIDDLEWARE)
        self._bare = QuickHandler(settings.BARE_MIDDLEWARE)
        self._resolver = get_resolver(settings.QUICK_URLS)
        self._known: dict[str, ResolverMatch] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or environ.get("HTTP_ACCEPT") != "application/json":
            return self._usual(environ, start_response)
        try:
            match = environ[MATCH] = self._resolve(environ["PATH_INFO"])
        except Resolver404:
            return self._usual(environ, start_response)
        if not getattr(match.func, "is_bare", False):
            return self._quick(environ, start_response)
        # Not the language of whoever asked this thread before.
        translation.deactivate()
        return self._bare(environ, start_response)

    def _resolve(self, path: str) -> ResolverMatch:
        match = self._known.get(path) or self._resolver.resolve(path)
        # Addresses without a number in them are few.
        if not match.kwargs:
            self._known[path] = match
        return match
