"""Hands out files kept on this machine's disk to whoever holds a signed address, and says whether all is well."""

import mimetypes
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage, storages
from django.core.signing import BadSignature
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lms.common.storage import LINK_LIFETIME, DiskFiles, may_be_shown, signer

CHUNK = 64 * 1024
LARGEST_PART = 32 * 1024 * 1024


@require_safe
def file(request: HttpRequest, signed_name: str) -> HttpResponseBase:
    """The file behind a signed address, whole or the range asked for, sent by nginx where there is one."""
    try:
        name = signer.unsign(signed_name, max_age=LINK_LIFETIME)
    except BadSignature as error:
        raise Http404 from error
    if not isinstance(storages["default"], DiskFiles):
        raise Http404
    if not settings.ACCEL_REDIRECT and not default_storage.exists(name):
        raise Http404
    response = stored_file(request, name)
    response["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    wanted = request.GET.get("as", "")
    # What a browser would run, it is made to save: the files are served from our own address.
    attach = bool(wanted) or not may_be_shown(name)
    disposition = content_disposition_header(attach, wanted or name.rsplit("/", 1)[-1])
    if disposition:
        response["Content-Disposition"] = disposition
    response["Cache-Control"] = f"private, max-age={LINK_LIFETIME}"
    return response


def stored_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the storage, whole or the range asked for; by nginx where it can reach the file."""
    if settings.ACCEL_REDIRECT and isinstance(storages["default"], DiskFiles):
        return _by_nginx(name)
    return _by_ourselves(request, name)


def _by_nginx(name: str) -> HttpResponseBase:
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{settings.ACCEL_REDIRECT}{quote(name)}"
    return response


def _by_ourselves(request: HttpRequest, name: str) -> HttpResponseBase:
    size = default_storage.size(name)
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", ""))
    response: HttpResponseBase
    if asked is None or asked.group() == "bytes=-":
        response = FileResponse(default_storage.open(name))
    else:
        first, last = asked.groups()
        start = int(first) if first else max(size - int(last), 0)
        stop = min(int(last) + 1, size) if first and last else size
        if start >= stop:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        stream = default_storage.open(name)
        response = StreamingHttpResponse(_part(stream, start, stop - start), status=206)
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    return response


def _part(stream: "File[Any]", start: int, length: int) -> Iterator[bytes]:
    with stream:
        stream.seek(start)
        while length > 0 and (chunk := stream.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


@csrf_exempt
@require_http_methods(["PUT"])
def part(request: HttpRequest, signed: str) -> HttpResponse:
    """Take in a part of a file for whoever holds its signed address, as an S3 storage does; no cookie is asked for."""
    storage = storages["default"]
    if not isinstance(storage, DiskFiles):
        raise Http404
    try:
        path = storage.part_path(signed)
    except BadSignature as error:
        raise Http404 from error
    length = request.headers.get("Content-Length", "")
    if not path.parent.is_dir() or not length.isdigit() or int(length) > LARGEST_PART:
        return HttpResponse(status=413 if length.isdigit() else 400)
    # Written aside first: half a part must not look like one.
    with NamedTemporaryFile(dir=path.parent, prefix="arriving-", delete=False) as file:
        shutil.copyfileobj(request, file, CHUNK)
    arriving = Path(file.name)
    if arriving.stat().st_size != int(length):
        arriving.unlink()
        return HttpResponse(status=400)
    arriving.replace(path)
    return HttpResponse(headers={"ETag": f'"{path.name}"'})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when this process reaches its database and its cache, otherwise 503 and what it does not reach."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        missing.append("database")
    try:
        cache.get("healthz")
    except Exception:  # each cache backend has exceptions of its own
        missing.append("cache")
    if missing:
        return HttpResponse("not reached: " + ", ".join(missing), status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
