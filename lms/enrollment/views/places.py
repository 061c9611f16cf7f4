"""Taking a place and giving it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.catalog.models import CourseRun
from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.models import Enrollment


@login_required
@require_POST
def enroll(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Take a seat, or the next number of the waiting list."""
    runs = CourseRun.objects.visible_to(request.user).select_related("course", "seating__period")
    run = get_object_or_404(runs, pk=run_id)
    enrollment = services.enroll(request.user, run)
    if enrollment.status == Enrollment.Status.SEATED:
        messages.success(request, _("You are enrolled."))
    else:
        messages.info(request, _("All seats are taken: you are on the waiting list."))
    return redirect("pages:course", slug=run.course.slug)


@login_required
@require_POST
def withdraw(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """Give the place back."""
    own = Enrollment.objects.visible_to(request.user).select_related("run__course")
    enrollment = get_object_or_404(own, pk=enrollment_id)
    services.withdraw(enrollment, by=request.user)
    messages.success(request, _("You have withdrawn from this run."))
    return redirect("pages:course", slug=enrollment.run.course.slug)
