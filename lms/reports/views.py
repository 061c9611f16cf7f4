"""The HR report: a branch by unit, down to the people."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from lms.common.http import SignedInRequest
from lms.people.models import OrgUnit
from lms.people.queries import branch_roots
from lms.reports import queries
from lms.reports.forms import FilterForm
from lms.reports.kinds import FORMATS, start_export


def _query(form: FilterForm) -> str:
    return urlencode({name: value for name, value in form.data.items() if value})


def _crumbs(request: SignedInRequest, unit: OrgUnit, form: FilterForm) -> list[tuple[str, str]]:
    """The way back up, from the reader's own branch, keeping her filters."""
    roots = branch_roots(request.user, "hr_officer", "administrator").values_list("pk", flat=True)
    steps = queries.trail(unit, roots)
    above = [(step.name, f"{reverse('reports:unit', args=[step.pk])}?{_query(form)}") for step in steps[:-1]]
    return [*above, (unit.name, "")]


@login_required
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Leads to the top of the reader's branch; who looks after several picks one."""
    roots = list(branch_roots(request.user, "hr_officer", "administrator").order_by("name"))
    if not roots:
        raise Http404
    if len(roots) == 1:
        return redirect("reports:unit", roots[0].pk)
    return render(request, "reports/roots.html", {"roots": roots})


@login_required
@require_GET
def unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A unit's branch, a line for each unit right below it."""
    chosen = get_object_or_404(queries.reportable_units(request.user), pk=unit_id)
    form = FilterForm(request.GET)
    total, rows = queries.branch_report(chosen, form.filters())
    context = {
        "unit": chosen,
        "crumbs": _crumbs(request, chosen, form),
        "form": form,
        "query": _query(form),
        "total": total,
        "rows": rows,
        "formats": FORMATS,
    }
    return render(request, "reports/unit.html", context)


@login_required
@require_GET
def people(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """The people directly in a unit, one line an enrollment."""
    chosen = get_object_or_404(queries.reportable_units(request.user), pk=unit_id)
    form = FilterForm(request.GET)
    enrollments = queries.people_of_unit(chosen, form.filters()).select_related("person", "run__course", "progress")
    context = {
        "unit": chosen,
        "crumbs": _crumbs(request, chosen, form),
        "form": form,
        "query": _query(form),
        "page": Paginator(enrollments, queries.PAGE).get_page(request.GET.get("page")),
        "formats": FORMATS,
    }
    return render(request, "reports/people.html", context)


@login_required
@require_POST
def export(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Starts making a file of the branch in the background, and leads to its progress."""
    chosen = get_object_or_404(queries.reportable_units(request.user), pk=unit_id)
    ending = request.POST.get("format", "")
    if ending not in FORMATS:
        raise Http404
    job = start_export(request.user, chosen, FilterForm(request.POST).filters(), ending)
    return redirect("jobs:job", job.pk)
