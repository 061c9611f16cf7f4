"""The page of a run as one learner has it; accepting an offer, and giving a place back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.catalog.models import CourseRun
from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import class_of, eligibility, seating_of, waiting_number
from lms.people.models import Person


@never_cache
@require_safe
@login_required
def run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Before the opening the time until it, at the opening the button, afterwards the place: always the truth."""
    runs = CourseRun.objects.visible_to(request.user).select_related("course", "seating__period", "class_split")
    found = get_object_or_404(runs, pk=run_id, seating__isnull=False)
    return render(request, "enrollment/run.html", _page(found, request.user))


def _page(run: CourseRun, person: Person) -> dict[str, object]:
    now = timezone.now()
    answer = eligibility(person, run, now)
    place = Enrollment.objects.filter(pk=answer.enrollment_id).first() if answer.enrollment_id else None
    return {
        "run": run,
        "course": run.course,
        "seating": seating_of(run),
        "answer": answer,
        "place": place,
        "number": waiting_number(run.pk, place.pk) if place and place.status == Enrollment.Status.WAITING else 0,
        "own_class": class_of(run.pk, person) if place and hasattr(run, "class_split") else None,
        "has_started": run.starts_at <= now,
        "now": round(now.timestamp() * 1000),
    }


@login_required
@require_POST
def accept(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """Take the offered seat."""
    own = get_object_or_404(Enrollment.objects.visible_to(request.user), pk=enrollment_id)
    services.accept(own, by=request.user)
    return redirect("enrollment:run", own.run_id)


@login_required
@require_POST
def withdraw(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """Give the place back, or decline an offer."""
    own = Enrollment.objects.visible_to(request.user).select_related("run__course")
    enrollment = get_object_or_404(own, pk=enrollment_id)
    services.withdraw(enrollment, by=request.user)
    messages.success(request, _("You have withdrawn from this run."))
    return redirect("pages:course", slug=enrollment.run.course.slug)
