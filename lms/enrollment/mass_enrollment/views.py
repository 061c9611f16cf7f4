"""Where an HR officer uploads a list of people to enroll."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lms.common.http import SignedInRequest
from lms.enrollment import queries
from lms.enrollment.mass_enrollment.columns import EXAMPLE, HINTS, LABELS
from lms.enrollment.mass_enrollment.forms import ListForm
from lms.enrollment.mass_enrollment.kind import MassEnrollment
from lms.jobs import services as jobs
from lms.jobs.http import TYPES, template_file
from lms.people.models import Role
from lms.people.queries import branch_roots


@login_required
@require_http_methods(["GET", "POST"])
def mass_enroll(request: SignedInRequest) -> HttpResponse:
    """The page to upload from; a file that arrives becomes a job that checks it."""
    _only_for_officers(request)
    runs = queries.runs_to_list(request.user)
    form = ListForm(request.POST or None, request.FILES or None, runs=runs)
    if request.method == "POST" and form.is_valid():
        parameters = {"run": form.cleaned_data["run"]}
        job = jobs.create(MassEnrollment.name, request.user, parameters, source=form.cleaned_data["file"])
        return redirect("jobs:job", job.pk)
    context = {
        "form": form,
        "columns": [(label, HINTS.get(name, "")) for name, label in LABELS.items()],
        "roots": branch_roots(request.user, Role.Kind.HR_OFFICER).order_by("name"),
        "has_runs": bool(runs),
    }
    return render(request, "enrollment/mass_enroll.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def template(request: SignedInRequest, ending: str) -> HttpResponse:
    """An empty list with the headings we know and one example, as CSV or XLSX."""
    _only_for_officers(request)
    if ending not in TYPES:
        raise Http404
    return template_file(_("enrollment-list"), ending, LABELS, EXAMPLE)


def _only_for_officers(request: SignedInRequest) -> None:
    if not jobs.kinds[MassEnrollment.name].may_use(request.user):
        raise Http404
