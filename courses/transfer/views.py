"""Importing a course in the CMS."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.transfer import queries, services
from courses.transfer.forms import ImportForm
from courses.transfer.models import CourseImport

LINES_PER_PAGE = 100
IMPORTS_PER_PAGE = 20
SECONDS_BETWEEN_LOOKS = 3


def imports(request: HttpRequest) -> HttpResponse:
    """Upload an archive, and see the earlier ones."""
    if not queries.may_import(request.user):
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        waiting = services.upload(form.cleaned_data["archive"], by=request.user, again=form.cleaned_data["again"])
        return redirect("transfer:import", waiting.pk)
    mine = CourseImport.objects.visible_to(request.user).select_related("page", "by")  # type: ignore[arg-type]
    page = Paginator(mine, IMPORTS_PER_PAGE).get_page(request.GET.get("p"))
    context = {"form": form, "page": page, "breadcrumbs_items": _crumbs(), "header_title": _("Import a course")}
    return TemplateResponse(request, "transfer/imports.html", context)


def report(request: HttpRequest, import_id: int) -> HttpResponse:
    """What became of an archive, item by item. The page looks again by itself while the import is under way."""
    mine = CourseImport.objects.visible_to(request.user)  # type: ignore[arg-type]
    done = get_object_or_404(mine.select_related("page"), pk=import_id)
    outcome = request.GET.get("outcome", "")
    chosen = {
        "outcome": outcome if outcome in queries.OUTCOMES else "",
        "kind": request.GET.get("kind", ""),
        "words": request.GET.get("q", ""),
    }
    page = Paginator(queries.lines_of(done, **chosen), LINES_PER_PAGE).get_page(request.GET.get("p"))
    response = TemplateResponse(
        request,
        "transfer/report.html",
        {
            "done": done,
            "page": page,
            "chosen": chosen,
            "rest": f"&{urlencode({'outcome': chosen['outcome'], 'kind': chosen['kind'], 'q': chosen['words']})}",
            "groups": queries.groups_of(done),
            "visible": queries.visible_components(done),
            "kinds": queries.kinds_of(done),
            "problems": queries.problems_of(done),
            "refusal": queries.refusal_of(done),
            "breadcrumbs_items": [*_crumbs(), {"url": "", "label": done.source_name}],
            "header_title": done.source_name,
        },
    )
    if done.state == CourseImport.State.WAITING:
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def _crumbs() -> list[dict[str, str]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("transfer:imports"), "label": _("Import a course")},
    ]
