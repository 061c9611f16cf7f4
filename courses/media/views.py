"""Sends a learner's browser to a file of a lesson."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase, HttpResponseRedirect

from lms.common.http import SignedInRequest

FOLDERS = ("pictures/", "media/", "documents/", "captions/")
INLINE = (".pdf",)


@login_required
def file(request: SignedInRequest, name: str) -> HttpResponseBase:
    """Redirect to the storage's short-lived address; captions come from here, for players refuse another host's."""
    if not name.startswith(FOLDERS) or ".." in name.split("/"):
        raise Http404
    response: HttpResponseBase
    if name.startswith("captions/"):
        if not default_storage.exists(name):
            raise Http404
        response = FileResponse(default_storage.open(name), content_type="text/vtt; charset=utf-8")
    elif name.startswith("documents/") and not name.endswith(INLINE):
        response = HttpResponseRedirect(default_storage.url(name, download_as=name.rsplit("/", 1)[-1]))  # type: ignore[call-arg]
    else:
        response = HttpResponseRedirect(default_storage.url(name))
    response["Cache-Control"] = "private, max-age=600"
    return response
