"""Hands out files kept on this machine's disk to whoever holds a signed address."""

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.core.signing import BadSignature
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from lms.common.storage import LINK_LIFETIME, DiskFiles, signer


def file(request: HttpRequest, signed_name: str) -> HttpResponseBase:
    """The file behind a signed address, sent by nginx where there is one."""
    try:
        name = signer.unsign(signed_name, max_age=LINK_LIFETIME)
    except BadSignature as error:
        raise Http404 from error
    if not isinstance(storages["default"], DiskFiles):
        raise Http404
    if settings.ACCEL_REDIRECT:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.ACCEL_REDIRECT}{quote(name)}"
        return response
    if not default_storage.exists(name):
        raise Http404
    return FileResponse(
        default_storage.open(name), as_attachment="as" in request.GET, filename=request.GET.get("as", "")
    )
