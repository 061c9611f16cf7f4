"""Plans of mandatory training as organizers and officers make and watch them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.mandatory.forms import PlanForm, round_name
from lms.enrollment.models import Plan, PlanCycle
from lms.enrollment.queries import plans as queries
from lms.enrollment.rules.plan_words import describe_schedule

PER_PAGE = 25
STEPS = {"pause": services.pause_plan, "resume": services.resume_plan, "end": services.end_plan}


@login_required
@never_cache
@require_GET
def plans(request: SignedInRequest) -> HttpResponse:
    """The plans she may see, those in force first."""
    _only_for_planners(request)
    found = Plan.objects.visible_to(request.user).select_related("organizer", "audience")
    in_force_first = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(Plan.State.values)))
    ordered = found.order_by(in_force_first, "-starts_on", "title", "pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    lines = queries.lines_of(list(page), request.user, timezone.localdate())
    return render(request, "enrollment/plans/list.html", {"page": page, "lines": lines})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Fill in a plan, look at whom it asks, and put it into force."""
    _only_for_planners(request)
    return _form_page(request, None)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Change a plan, with a look at whom it then asks."""
    own = Plan.objects.editable_by(request.user).select_related("organizer", "audience")
    plan = get_object_or_404(own, pk=plan_id)
    if plan.state == Plan.State.ENDED:
        return redirect("enrollment:plan", plan.pk)
    return _form_page(request, plan)


def _form_page(request: SignedInRequest, plan: Plan | None) -> HttpResponse:
    form = PlanForm(request.POST or None, person=request.user, plan=plan)
    context: dict[str, Any] = {"form": form, "plan": plan}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        filled, courses, equivalents = form.filled(), list(given["courses"]), list(given["equivalents"])
        if "save" in request.POST:
            save = services.change_plan if plan else services.create_plan
            saved = save(filled, courses, equivalents, by=request.user)
            messages.success(request, _("The plan is in force as you see it here."))
            return redirect("enrollment:plan", saved.pk)
        ids = [course.pk for course in [*courses, *equivalents]]
        context["preview"] = queries.preview_of(filled, ids, timezone.localdate())
        context["schedule"] = describe_schedule(filled.schedule)
    return render(request, "enrollment/plans/form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_GET
def plan(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """What a plan asks, and how far her branches are with it, unit by unit."""
    found = _visible(request, plan_id)
    cycles = list(found.cycles.order_by("-opens_on", "-number"))
    cycle = chosen_cycle(cycles, request.GET.get("cycle", ""))
    unit, way = queries.branch_of(found, request.user, request.GET.get("unit", ""))
    total, lines = queries.Counts(), list[queries.UnitLine]()
    if cycle and unit:
        total, lines = queries.progress_of(found, cycle.number, unit, timezone.localdate())
    context = {
        "plan": found,
        "may_edit": Plan.objects.editable_by(request.user).filter(pk=found.pk).exists(),
        "audience_words": queries.audience_words(found),
        "schedule": describe_schedule(found.schedule),
        "courses": found.plan_courses.select_related("course").order_by("is_equivalent", "course__title"),
        "cycles": [(each.number, round_name(each)) for each in cycles],
        "cycle": cycle,
        "unit": unit,
        "way": way,
        "tops": queries.tops_of(found, request.user),
        "total": total,
        "lines": lines,
        "query": urlencode({"cycle": cycle.number} if cycle else {}),
    }
    return render(request, "enrollment/plans/plan.html", context)


@login_required
@require_POST
def change_state(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Pause a plan, resume it, or end it for good."""
    plan = get_object_or_404(Plan.objects.editable_by(request.user).select_related("organizer"), pk=plan_id)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    step(plan, by=request.user)
    return redirect("enrollment:plan", plan.pk)


def chosen_cycle(cycles: list[PlanCycle], asked: str) -> PlanCycle | None:
    """The round asked for, else the latest; ``None`` while none has begun."""
    return next((each for each in cycles if str(each.number) == asked), cycles[0] if cycles else None)


def _visible(request: SignedInRequest, plan_id: int) -> Plan:
    found: Plan = get_object_or_404(
        Plan.objects.visible_to(request.user).select_related("organizer", "audience"), pk=plan_id
    )
    return found


def _only_for_planners(request: SignedInRequest) -> None:
    if not queries.may_plan(request.user):
        raise Http404
