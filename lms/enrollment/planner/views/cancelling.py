"""The question before runs are cancelled: whom it concerns, and why."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lms.common.http import SignedInRequest
from lms.enrollment import queries, services
from lms.enrollment.models import RunSeats
from lms.enrollment.planner.forms import ToldReasonForm
from lms.enrollment.planner.kinds import CancelRuns
from lms.jobs import services as jobs


def cancel(request: SignedInRequest, seatings: Sequence[RunSeats], back: str, context: dict[str, Any]) -> HttpResponse:
    """Ask for a reason; then a job shows the effect once more, asks for the number where it is large, and does it.

    Runs that nobody is in are cancelled at once.
    """
    runs = [seating.pk for seating in seatings]
    concerned = queries.concerned_by(runs)
    form = ToldReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and runs:
        reason = form.cleaned_data["reason"]
        if concerned.people:
            job = jobs.create(CancelRuns.name, request.user, {"runs": runs, "reason": reason})
            return redirect("jobs:job", job.pk)
        services.cancel_runs(runs, reason=reason, by=request.user)
        for run_id in runs:
            while services.end_places(run_id, by=request.user):
                pass
        messages.success(request, _("Cancelled. Nobody had a place yet."))
        return redirect(back)
    shown = {"form": form, "seatings": seatings, "concerned": concerned, "back": back}
    return render(request, "planner/cancel.html", {**shown, **context}, status=422 if form.errors else 200)
