"""Sends a learner's browser to a file of a lesson, and tells authors what becomes of theirs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.media import queries, services
from courses.media.forms import BeginUploadForm, CueForms
from courses.media.models import Caption, MediaFile, Preparation, Upload
from courses.media.pipeline.captions import clock
from lms.common.http import SignedInRequest

FOLDERS = ("pictures/", "media/", "documents/", "captions/", "renditions/")
INLINE = (".pdf",)
LANGUAGES = dict(Caption.LANGUAGES)


@login_required
def file(request: SignedInRequest, name: str) -> HttpResponseBase:
    """Redirect to the storage's short-lived address; captions and playlists, a few kilobytes, come from here."""
    if not name.startswith(FOLDERS) or ".." in name.split("/"):
        raise Http404
    response: HttpResponseBase
    if name.startswith("captions/") or name.endswith(".m3u8"):
        if not default_storage.exists(name):
            raise Http404
        # Players refuse captions from another host, and read the addresses beside a playlist from its own.
        text = "text/vtt; charset=utf-8" if name.startswith("captions/") else "application/vnd.apple.mpegurl"
        response = FileResponse(default_storage.open(name), content_type=text)
    elif name.startswith("documents/") and not name.endswith(INLINE):
        response = HttpResponseRedirect(default_storage.url(name, download_as=name.rsplit("/", 1)[-1]))  # type: ignore[call-arg]
    else:
        response = HttpResponseRedirect(default_storage.url(name))
    response["Cache-Control"] = "private, max-age=600"
    return response


@never_cache
@require_safe
def preparation(request: HttpRequest, media_id: int) -> HttpResponse:
    """How far a file is, as the part of the page that shows it."""
    get_object_or_404(Preparation.objects.visible_to(request.user).filter(media=media_id).order_by("-pk")[:1])
    context = {"media": MediaFile(pk=media_id), "standing": queries.standing(media_id)}
    return render(request, "media_cms/standing.html", context)


@require_POST
def again(request: HttpRequest, media_id: int) -> HttpResponse:
    """Take up once more what broke off."""
    last = Preparation.objects.visible_to(request.user).filter(media=media_id).order_by("-pk")
    services.try_again(get_object_or_404(last[:1]))
    return redirect("mediafiles:edit", media_id)


@require_POST
def begin_upload(request: HttpRequest) -> JsonResponse:
    """Open an upload in parts for an author's browser."""
    if not request.user.has_perm("media.add_mediafile"):
        raise Http404
    form = BeginUploadForm(request.POST)
    if not form.is_valid():
        return JsonResponse(
            {"title": " ".join(str(each) for found in form.errors.values() for each in found)}, status=422
        )
    return JsonResponse(_told(services.begin_upload(**form.cleaned_data, by=request.user)), status=201)


@never_cache
@require_safe
def upload(request: HttpRequest, key: UUID) -> JsonResponse:
    """What has arrived of an upload, for a browser that goes on with it."""
    return JsonResponse(_told(get_object_or_404(Upload.objects.of(request.user), key=key)))


@require_POST
def upload_part(request: HttpRequest, key: UUID, number: int) -> JsonResponse:
    """Where the browser may send a part."""
    found = get_object_or_404(Upload.objects.of(request.user), key=key)
    return JsonResponse({"address": services.part_address(found, number)})


@require_POST
def join_upload(request: HttpRequest, key: UUID) -> JsonResponse:
    """The last part has been sent."""
    found = get_object_or_404(Upload.objects.of(request.user), key=key)
    return JsonResponse(_told(services.join_upload(found)))


def _told(upload: Upload) -> dict[str, Any]:
    return {
        "key": str(upload.key),
        "size": upload.size,
        "part_size": upload.part_size,
        "arrived": services.arrived(upload),
        "is_whole": upload.is_whole,
    }


def captions(request: HttpRequest, media_id: int, language: str) -> HttpResponse:
    """Write captions beside the video."""
    if not request.user.has_perm("media.change_mediafile") or language not in LANGUAGES:
        raise Http404
    media = get_object_or_404(MediaFile, pk=media_id)
    known = [
        {"start": clock(cue.start), "end": clock(cue.end), "text": cue.text, "settings": cue.settings}
        for cue in queries.cues_of(media, language)
    ]
    rows = CueForms(request.POST or None, initial=known, prefix="cue")
    if request.method == "POST" and rows.is_valid():
        services.save_captions(media, language, [row.cleaned_data["cue"] for row in rows if row.cleaned_data])
        messages.success(request, _("The captions are saved."))
        return redirect("media_cms:captions", media_id, language)
    context = {
        "media": media,
        "playback": queries.playback(media),
        "rows": rows,
        "language": language,
        "languages": LANGUAGES,
        "caption": media.captions.filter(language=language).first(),
        "header_title": _("Captions"),
        "header_icon": "media",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("mediafiles:index"), "label": _("Video and audio")},
            {"url": reverse("mediafiles:edit", args=[media.pk]), "label": media.title},
            {"url": "", "label": _("Captions")},
        ],
    }
    return TemplateResponse(request, "media_cms/captions.html", context)
