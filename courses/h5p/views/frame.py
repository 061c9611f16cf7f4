"""The sandboxed frame in which content plays, and the files it asks for.

The frame has an origin of its own, which nothing else has: it sends no cookies, reads no page around it, and its
addresses carry signed tokens instead. Files are therefore sent with leave for every origin.
"""

import mimetypes
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.h5p.core import LibraryKey
from courses.h5p.models import ContentDraft, ContentVersion
from courses.h5p.player import page_of, page_of_draft
from courses.h5p.queries import current_folder, states_of
from courses.h5p.storage import content_file, library_file
from courses.h5p.tokens import DraftPreview, Play, read_draft_files_token, read_files_token, read_frame_token
from courses.packages.zips import name_fault
from lms.common.views import stored_file

SANDBOX = "allow-scripts allow-popups allow-forms"
FRAME_POLICY = "; ".join(
    (
        f"sandbox {SANDBOX}",
        "default-src 'none'",
        # Libraries are written so; the sandbox is what holds them.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "worker-src blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For a file that somebody opens by itself: a drawing can hold scripts."""
FOREVER = 365 * 24 * 3600
A_WHILE = 300
_NAMED = re.compile(r"([\w.-]{1,255})-(\d{1,5})\.(\d{1,5})", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9._-]+-\d+\.\d+\.\d+-[0-9a-f]{16}")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


@never_cache
@require_safe
def frame(request: HttpRequest, token: str) -> HttpResponse:
    """The page that plays what the token was made for. A learner's token opens it for her alone."""
    opened = read_frame_token(token)
    if opened is None or (isinstance(opened, Play) and request.user.pk != opened.person_id):
        raise Http404
    if isinstance(opened, DraftPreview):
        drafts = ContentDraft.objects.select_related("content", "library")
        page = page_of_draft(get_object_or_404(drafts, pk=opened.draft_id))
    else:
        versions = ContentVersion.objects.select_related("content", "library")
        version = get_object_or_404(versions, pk=opened.version_id)
        page = page_of(version, states_of(opened, version) if isinstance(opened, Play) else None)
    response = render(request, "h5p/frame.html", {"page": page})
    response["Content-Security-Policy"] = FRAME_POLICY
    response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    return response


def for_every_origin(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let frames of no origin read what a view sends, and answer when their browsers ask before."""

    @require_http_methods(["GET", "HEAD", "OPTIONS"])
    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = "GET, HEAD"
            response["Access-Control-Allow-Headers"] = "X-Requested-With, Range"
            response["Access-Control-Max-Age"] = "86400"
        return response

    return open_view


@for_every_origin
def library_file_of(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    """A file of a library. Its folder is named for what is in it, so browsers keep it for ever."""
    if not _FOLDER.fullmatch(folder) or name_fault(path):
        raise Http404
    return _sent(request, library_file(folder, path), path, f"public, max-age={FOREVER}, immutable")


@for_every_origin
def named_library_file(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    """A file of a library by its version alone, as libraries' own scripts ask for sounds and settings of theirs."""
    named = _NAMED.fullmatch(folder)
    if named is None or name_fault(path):
        raise Http404
    current = current_folder(LibraryKey(named[1], int(named[2]), int(named[3])))
    if current is None:
        raise Http404
    return _sent(request, library_file(current, path), path, f"public, max-age={A_WHILE}")


@for_every_origin
def files(request: HttpRequest, token: str, path: str = "") -> HttpResponseBase:
    """A file of content, whole or the range asked for: films are read in ranges."""
    version_id = read_files_token(token, timezone.localdate())
    sha256 = (_files_of_draft(token) if version_id is None else _files_of(version_id)).get(path)
    if sha256 is None:
        raise Http404
    return _sent(request, content_file(sha256), path, f"private, max-age={30 * 24 * 3600}")


def _files_of(version_id: int) -> dict[str, str]:
    key = f"h5p-files:{version_id}"
    known: dict[str, str] | None = cache.get(key)
    if known is None:
        known = ContentVersion.objects.filter(pk=version_id).values_list("files", flat=True).first() or {}
        cache.set(key, known, 3600)
    return known


def _files_of_draft(token: str) -> dict[str, str]:
    draft_id = read_draft_files_token(token)
    if draft_id is None:
        return {}
    return ContentDraft.objects.filter(pk=draft_id).values_list("files", flat=True).first() or {}


def _sent(request: HttpRequest, name: str, path: str, kept: str) -> HttpResponseBase:
    if not default_storage.exists(name):
        raise Http404
    response = stored_file(request, name)
    response["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = kept
    return response
