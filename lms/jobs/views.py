"""A job's page from checking to undoing, and the list of one's jobs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.common.http import SignedInRequest
from lms.jobs import queries, services
from lms.jobs.models import Job

JOBS_PER_PAGE = 25
PROBLEMS_PER_PAGE = 100


@login_required
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """One's jobs, the latest first."""
    jobs = Job.objects.visible_to(request.user).select_related("by").order_by("-created_at", "-pk")
    page = Paginator(jobs, JOBS_PER_PAGE).get_page(request.GET.get("page"))
    lines = [queries.line_of(job) for job in page]
    return render(request, "jobs/mine.html", {"page": page, "lines": lines})


@login_required
@require_GET
def job(request: SignedInRequest, job_id: int) -> HttpResponse:
    """A job's page, in whatever state it is."""
    return render(request, "jobs/job.html", _context(_own_job(request, job_id)))


@login_required
@require_GET
def course(request: SignedInRequest, job_id: int) -> HttpResponse:
    """The moving part of the page, asked for while the job is under way."""
    return render(request, "jobs/_course.html", _context(_own_job(request, job_id)))


@login_required
@require_GET
def problems(request: SignedInRequest, job_id: int) -> HttpResponse:
    """All rows with errors and warnings."""
    found = _own_job(request, job_id)
    only = request.GET.get("only", "")
    only = only if only in ("errors", "warnings") else ""
    page = Paginator(queries.problems_of(found, only=only), PROBLEMS_PER_PAGE).get_page(request.GET.get("page"))
    lines = queries.problem_lines(found, page)
    context = {**_context(found), "page": page, "lines": lines, "only": only}
    return render(request, "jobs/problems.html", context)


@login_required
@require_POST
def confirm(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Let it do its work."""
    return _act(request, job_id, partial(services.confirm, typed=request.POST.get("typed", "")))


@login_required
@require_POST
def stop(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Stop it after the batch at hand."""
    return _act(request, job_id, services.request_stop)


@login_required
@require_POST
def resume(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Go on where it stopped."""
    return _act(request, job_id, services.resume)


@login_required
@require_POST
def undo(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Take back what it did."""
    return _act(request, job_id, services.undo)


@login_required
@require_GET
def file(request: SignedInRequest, job_id: int, which: str) -> HttpResponse:
    """Send the browser to the storage for the result, or for the rows to mend."""
    found = _own_job(request, job_id)
    stored, name = {
        "result": (found.result, found.result_name),
        "errors": (found.errors_file, f"{_('rows-to-mend')}-{found.pk}{Path(found.errors_file.name or '').suffix}"),
    }.get(which, (None, ""))
    if not stored:
        raise Http404
    storage: Any = stored.storage
    return HttpResponseRedirect(storage.url(stored.name, download_as=name))


def _own_job(request: SignedInRequest, job_id: int) -> Job:
    found: Job = get_object_or_404(Job.objects.visible_to(request.user).select_related("by"), pk=job_id)
    return found


def _act(request: SignedInRequest, job_id: int, service: Callable[..., Job]) -> HttpResponse:
    service(_own_job(request, job_id), by=request.user)
    return redirect("jobs:job", job_id)


def _context(found: Job) -> dict[str, Any]:
    return queries.page_of(found)
