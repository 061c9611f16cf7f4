"""Classes as their instructors see them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.common.http import SignedInRequest
from lms.enrollment.models import RunClass
from lms.enrollment.queries import learners_of


@login_required
@never_cache
@require_safe
def my_classes(request: SignedInRequest) -> HttpResponse:
    """The classes she teaches, the latest first."""
    own = RunClass.objects.taught_by(request.user).select_related("run__course")
    return render(request, "enrollment/classes.html", {"groups": own.order_by("-run__starts_at", "number")[:200]})


@login_required
@never_cache
@require_safe
def my_class(request: SignedInRequest, class_id: int) -> HttpResponse:
    """Who learns in a class she teaches, and how far they are."""
    own = RunClass.objects.taught_by(request.user).select_related("run__course", "run__seating")
    group = get_object_or_404(own, pk=class_id)
    context = {"group": group, "run": group.run, "learners": learners_of(group), "title": _("Class")}
    return render(request, "enrollment/class.html", context)
