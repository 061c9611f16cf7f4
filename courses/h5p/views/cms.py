"""Interactive content in the CMS: bringing it in, and looking at it as learners will."""

from tempfile import SpooledTemporaryFile
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.h5p import queries, services
from courses.h5p.forms import UploadForm
from courses.h5p.models import Content, ContentDraft, PackageImport
from courses.h5p.tokens import preview_token
from courses.h5p.views.frame import SANDBOX
from courses.packages.views import report_page
from courses.packages.zips import MEGABYTE

PER_PAGE = 20


def contents(request: HttpRequest) -> HttpResponse:
    """Upload a package, and find what came in before."""
    if not request.user.has_perm("h5p.change_content"):
        raise PermissionDenied
    may_install = request.user.has_perm("h5p.install_library")
    form = UploadForm(request.POST or None, request.FILES or None, may_install=may_install)
    if request.method == "POST" and form.is_valid():
        takes_upgrades = form.cleaned_data.get("takes_upgrades", False)
        waiting = services.upload(form.cleaned_data["package"], by=request.user, takes_upgrades=takes_upgrades)
        return redirect("h5p_cms:import", waiting.pk)
    words = request.GET.get("q", "").strip()[:100]
    page = Paginator(queries.contents(request.user, words), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "form": form,
        "page": page,
        "words": words,
        "may_write": request.user.has_perm("h5p.add_content"),
        "breadcrumbs_items": crumbs(),
        "header_title": _("Interactive content"),
        "header_icon": "media",
    }
    return TemplateResponse(request, "h5p_cms/contents.html", context)


def report(request: HttpRequest, import_id: int) -> HttpResponse:
    """What became of a package."""
    mine = PackageImport.objects.visible_to(request.user).select_related("content")
    made = get_object_or_404(mine, pk=import_id)
    return report_page(
        request,
        made,
        "h5p_cms/report.html",
        address=reverse("h5p_cms:content", args=[made.content.key]) if made.content else "",
        list_address=reverse("h5p_cms:contents"),
        crumbs=crumbs(),
        icon="media",
    )


def content(request: HttpRequest, key: UUID) -> HttpResponse:
    """One piece of content as learners will see it, where it stands, its versions; and the form for the next one.

    Nothing that is done in it here is kept.
    """
    found = own(request, key)
    may_install = request.user.has_perm("h5p.install_library")
    form = UploadForm(request.POST or None, request.FILES or None, may_install=may_install, is_next=True)
    if request.method == "POST" and form.is_valid():
        waiting = services.upload(
            form.cleaned_data["package"],
            by=request.user,
            takes_upgrades=form.cleaned_data.get("takes_upgrades", False),
            replaces=found,
            begins_again=form.cleaned_data["begins_again"],
        )
        return redirect("h5p_cms:import", waiting.pk)
    live = found.live
    context = {
        "content": found,
        "live": live,
        "lessons": list(queries.lessons_with(found)[:100]),
        "draft": ContentDraft.objects.filter(content=found).only("saved_at", "by").select_related("by").first(),
        "versions": found.versions.select_related("library", "by").defer("params", "metadata", "files"),
        "form": form,
        "address": reverse("h5p:frame", args=[preview_token(live.pk)]) if live else "",
        "sandbox": SANDBOX,
        "breadcrumbs_items": [*crumbs(), {"url": "", "label": found.title}],
        "header_title": found.title,
        "header_icon": "media",
    }
    return TemplateResponse(request, "h5p_cms/content.html", context)


def export(request: HttpRequest, key: UUID) -> FileResponse:
    """The content as an ``.h5p`` file, to keep or to take elsewhere."""
    found = own(request, key)
    if found.live is None:
        raise Http404
    packed = SpooledTemporaryFile(max_size=MEGABYTE)  # noqa: SIM115 - the response closes it
    services.export(found.live, packed)
    packed.seek(0)
    name = f"{slugify(found.title)[:80] or 'content'}.h5p"
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")


@require_POST
def restore(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Publish an earlier version again."""
    found = own(request, key)
    version = get_object_or_404(found.versions.select_related("content", "library"), number=number)
    services.restore(version, begins_again="begins_again" in request.POST, by=request.user)
    messages.success(request, _("Version %(number)s is what learners get now.") % {"number": number})
    return redirect("h5p_cms:content", found.key)


def own(request: HttpRequest, key: UUID) -> Content:
    """Content that the person may edit."""
    mine = Content.objects.editable_by(request.user).select_related("live__library__current")
    found: Content = get_object_or_404(mine, key=key)
    return found


def crumbs() -> list[dict[str, str]]:
    """The way to the list of content."""
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("h5p_cms:contents"), "label": _("Interactive content")},
    ]
