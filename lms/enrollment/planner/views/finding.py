"""What the pages of the planner look up, each through who may edit it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lms.common.http import SignedInRequest
from lms.enrollment.models import EnrollmentPeriod, PeriodTemplate, RunSeats, RunTemplate
from lms.enrollment.queries import may_organize

Crumbs = list[tuple[str, str]]
View = Callable[..., HttpResponse]


def for_planners(view: View) -> View:
    """Pages of those who plan somewhere; for others they do not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_organize(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    guard: View = login_required(never_cache(guarded))
    return guard


def own_period(request: SignedInRequest, period_id: int) -> EnrollmentPeriod:
    """A period that she plans, or nothing is there."""
    own = EnrollmentPeriod.objects.editable_by(request.user).select_related("organizer", "audience")
    found: EnrollmentPeriod = get_object_or_404(own, pk=period_id)
    return found


def own_seating(request: SignedInRequest, run_id: int) -> RunSeats:
    """The same for a run, with its course, its period and what is set for it."""
    own = RunSeats.objects.editable_by(request.user).select_related("run__course", "run__class_split", "audience")
    found: RunSeats = get_object_or_404(own.select_related("period__organizer"), pk=run_id)
    return found


def own_template(request: SignedInRequest, template_id: int) -> RunTemplate:
    """The same for a template."""
    found: RunTemplate = get_object_or_404(RunTemplate.objects.alone().editable_by(request.user), pk=template_id)
    return found


def own_period_template(request: SignedInRequest, template_id: int) -> PeriodTemplate:
    """The same for a template of a whole period."""
    own = PeriodTemplate.objects.editable_by(request.user).select_related("organizer", "audience")
    found: PeriodTemplate = get_object_or_404(own, pk=template_id)
    return found


def crumbs_to(*steps: tuple[str, str]) -> Crumbs:
    """The way from the planner's first page."""
    return [(_("Planner"), reverse("enrollment:planner")), *steps]


def crumbs_of_template(template: PeriodTemplate, *steps: tuple[str, str]) -> Crumbs:
    """The way to a template of a period and on."""
    here = reverse("enrollment:period-template", args=[template.pk]) if steps else ""
    return crumbs_to((_("Templates"), reverse("enrollment:run-templates")), (template.name, here), *steps)


def crumbs_of_period(period: EnrollmentPeriod, *steps: tuple[str, str]) -> Crumbs:
    """The way to a period and on."""
    return crumbs_to((period.title, reverse("enrollment:period", args=[period.pk]) if steps else ""), *steps)


def crumbs_of_run(seating: RunSeats, *steps: tuple[str, str]) -> Crumbs:
    """The way to a run and on."""
    here = reverse("enrollment:run-plan", args=[seating.pk]) if steps else ""
    return crumbs_of_period(seating.period, (seating.run.title, here), *steps)
