"""Packages in the CMS: bringing them in, looking at what came, replacing and deleting them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.packages.views import report_page
from courses.scorm import queries, services
from courses.scorm.forms import UploadForm
from courses.scorm.hosts import packages_origin
from courses.scorm.models import Package, PackageImport
from courses.scorm.tokens import Stage, stage_token
from courses.scorm.views.play import SANDBOX, framing

PER_PAGE = 20
ICON = "folder-inverse"


def packages(request: HttpRequest) -> HttpResponse:
    """Upload a package, and find what came in before."""
    if not request.user.has_perm("scorm.change_package"):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        waiting = services.upload(form.cleaned_data["package"], by=request.user)
        return redirect("scorm_cms:import", waiting.pk)
    words = request.GET.get("q", "").strip()[:100]
    page = Paginator(queries.packages(request.user, words), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "form": form,
        "page": page,
        "words": words,
        "breadcrumbs_items": _crumbs(),
        "header_title": _("Packages"),
        "header_icon": ICON,
    }
    return TemplateResponse(request, "scorm_cms/packages.html", context)


def report(request: HttpRequest, import_id: int) -> HttpResponse:
    """What became of a package."""
    mine = PackageImport.objects.visible_to(request.user).select_related("made__package")
    made = get_object_or_404(mine, pk=import_id)
    return report_page(
        request,
        made,
        "scorm_cms/report.html",
        address=reverse("scorm_cms:package", args=[made.made.package.key]) if made.made else "",
        list_address=reverse("scorm_cms:packages"),
        crumbs=_crumbs(),
        icon=ICON,
    )


def package(request: HttpRequest, key: UUID) -> HttpResponse:
    """One package: what is in it, where it stands, its versions; and the form that brings in the next one."""
    found = _own(request, key)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        waiting = services.upload(form.cleaned_data["package"], by=request.user, replaces=found)
        return redirect("scorm_cms:import", waiting.pk)
    live = found.live
    lessons = list(queries.lessons_with(found)[:100])
    context: dict[str, Any] = {
        "package": found,
        "live": live,
        "items": live.items.all()[:200] if live else [],
        "versions": found.versions.select_related("by").defer("course", "files"),
        "lessons": lessons,
        "may_delete": request.user.has_perm("scorm.delete_package") and not queries.is_used(found),
        "form": form,
        "breadcrumbs_items": [*_crumbs(), {"url": "", "label": found.title}],
        "header_title": found.title,
        "header_icon": ICON,
    }
    origin = packages_origin(request)
    if live is None or origin is None:
        return TemplateResponse(request, "scorm_cms/package.html", context)
    stage = Stage(live.pk, f"{request.scheme}://{request.get_host()}", get_language() or "id")
    context |= {"address": f"{origin}{reverse('play:stage', args=[stage_token(stage)])}", "sandbox": SANDBOX}
    return framing(TemplateResponse(request, "scorm_cms/package.html", context), origin)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask before a package that nobody uses is deleted with its files."""
    if not request.user.has_perm("scorm.delete_package"):
        raise PermissionDenied
    found = _own(request, key)
    if request.method == "POST":
        services.delete_package(found)
        messages.success(request, _("“%(title)s” was deleted.") % {"title": found.title})
        return redirect("scorm_cms:packages")
    context = {
        "package": found,
        "is_used": queries.is_used(found),
        "breadcrumbs_items": [
            *_crumbs(),
            {"url": reverse("scorm_cms:package", args=[found.key]), "label": found.title},
            {"url": "", "label": _("Delete")},
        ],
        "header_title": _("Delete “%(title)s”") % {"title": found.title},
        "header_icon": "bin",
    }
    return TemplateResponse(request, "scorm_cms/delete.html", context)


def _own(request: HttpRequest, key: UUID) -> Package:
    found: Package = get_object_or_404(Package.objects.editable_by(request.user).select_related("live"), key=key)
    return found


def _crumbs() -> list[dict[str, str]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("scorm_cms:packages"), "label": _("Packages")},
    ]
