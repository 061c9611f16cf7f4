"""Where an HR officer uploads a list, and the template to fill in."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lms.common.http import SignedInRequest
from lms.jobs import services as jobs
from lms.jobs.http import TYPES, template_file
from lms.people.imports.forms import UploadForm
from lms.people.imports.upload import ROLE, Upload
from lms.people.queries import branch_roots


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: SignedInRequest, kind: str) -> HttpResponse:
    """The page to upload from; a file that arrives becomes a job that checks it."""
    chosen = _kind_for(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = jobs.create(kind, request.user, source=form.cleaned_data["file"])
        return redirect("jobs:job", job.pk)
    columns = [(label, chosen.hints.get(name, ""), name in chosen.required) for name, label in chosen.labels.items()]
    roots = branch_roots(request.user, ROLE).order_by("name")
    context = {"form": form, "kind": chosen, "columns": columns, "roots": roots}
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def template(request: SignedInRequest, kind: str, ending: str) -> HttpResponse:
    """An empty list with the headings we know and one example, as CSV or XLSX."""
    chosen = _kind_for(request, kind)
    if ending not in TYPES:
        raise Http404
    return template_file(chosen.template_name, ending, chosen.labels, chosen.example)


def _kind_for(request: SignedInRequest, name: str) -> Upload:
    """The upload of that name, for those who may start one."""
    kind = jobs.kinds[name]
    if not isinstance(kind, Upload) or not kind.may_use(request.user):
        raise Http404
    return kind
