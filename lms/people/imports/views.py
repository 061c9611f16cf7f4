"""Where an HR officer uploads a staff list, and the template to fill in."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lms.common.http import SignedInRequest
from lms.jobs import services as jobs
from lms.people.imports.columns import PEOPLE_LABELS
from lms.people.imports.forms import UploadForm
from lms.people.imports.placing import ROLE
from lms.people.queries import branch_roots, has_role

EXAMPLE = {
    "nip": "198503172010012901",
    "name": "Dr. Siti Aminah, M.Pd.",
    "email": "siti.aminah@example.go.id",
    "unit_code": "1101",
    "employment_type": "PNS",
    "position": "Guru Ahli Muda",
    "grade": "III/d",
    "starts_on": "01/03/2024",
}


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: SignedInRequest) -> HttpResponse:
    """The page to upload from; a file that arrives becomes a job that checks it."""
    if not has_role(request.user, ROLE):
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = jobs.create("people", request.user, source=form.cleaned_data["file"])
        return redirect("jobs:job", job.pk)
    hints = {
        "nip": _("18 digits; spaces and dots do no harm. Format the column as text."),
        "name": _("With or without titles; ALL CAPS is put right."),
        "email": _("Required when there is no number."),
        "unit_code": _("Or the full name of the unit in a column “Unit”."),
        "employment_type": _("PNS, CPNS, PPPK, PPPK part-time, non-ASN. Read from the NIP when the column is missing."),
        "starts_on": _("The day the present place began, as day/month/year. Today when the column is missing."),
    }
    columns = [(label, hints.get(name, ""), name == "name") for name, label in PEOPLE_LABELS.items()]
    context = {"form": form, "columns": columns, "roots": branch_roots(request.user, ROLE).order_by("name")}
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def template(request: SignedInRequest, ending: str) -> HttpResponse:
    """An empty list with the headings we know and one example, as CSV or XLSX."""
    if not has_role(request.user, ROLE) or ending not in ("csv", "xlsx"):
        raise Http404
    headings = [str(label) for label in PEOPLE_LABELS.values()]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"template.{ending}"
        write = jobs.write_xlsx if ending == "xlsx" else jobs.write_csv
        write(path, headings, [[EXAMPLE.get(name, "") for name in PEOPLE_LABELS]])
        content = path.read_bytes()
    kind = "text/csv" if ending == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    headers = {"Content-Disposition": f'attachment; filename="{_("staff-list")}.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
