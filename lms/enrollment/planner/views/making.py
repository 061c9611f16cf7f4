"""New periods with many runs: from templates, from an earlier period, or from nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.models import EnrollmentPeriod, PeriodTemplate, RunTemplate
from lms.enrollment.planner import forms
from lms.enrollment.planner.drafts import RunDraft, drafts_of_period, drafts_of_templates, renewed, reserves_for
from lms.enrollment.planner.views.finding import (
    crumbs_of_period,
    crumbs_of_template,
    crumbs_to,
    for_planners,
    own_period,
    own_period_template,
)
from lms.enrollment.rules.planning import shifted, with_year

Source = EnrollmentPeriod | PeriodTemplate
"""What a period can be made from."""


@for_planners
@require_http_methods(["GET", "POST"])
def new_period(request: SignedInRequest) -> HttpResponse:
    """First its window and the templates; then all of its runs, to look at and change before anything is made."""
    if request.method == "POST":
        return _make(request)
    own = RunTemplate.objects.alone().editable_by(request.user)
    templates = list(own.select_related("course").order_by("name", "pk"))
    units = forms.units_to_plan_for(request.user)
    zone = forms.own_zone(request.user, units[0] if units else None)
    opening = forms.next_opening(zone)
    initial = {"zone": zone, "opens": opening, "closes": opening + timedelta(days=3)}
    form = forms.StartForm(request.GET or None, templates=templates, initial=initial)
    if "opens" not in request.GET or not form.is_valid():
        context = {
            "form": form,
            "crumbs": crumbs_to((_("New period"), "")),
            "whole": PeriodTemplate.objects.editable_by(request.user).annotate(number=Count("runs")).order_by("name"),
            "earlier": EnrollmentPeriod.objects.editable_by(request.user).order_by("-opens_at", "-pk")[:8],
        }
        return render(request, "planner/start.html", context, status=422 if form.errors else 200)
    cleaned = form.cleaned_data
    opens_at = cleaned["opens"].replace(tzinfo=ZoneInfo(cleaned["zone"]))
    drafts = drafts_of_templates(templates, form.copies(), opens_at, ZoneInfo(cleaned["zone"]))
    values = {name: cleaned[name] for name in ("title", "opens", "closes", "zone")}
    return _propose(request, values, drafts, days=0)


@for_planners
@require_http_methods(["GET", "POST"])
def clone_period(request: SignedInRequest, period_id: int) -> HttpResponse:
    """An earlier period with all of its runs once more, later."""
    source = own_period(request, period_id)
    if request.method == "POST":
        return _make(request, source)
    shift = forms.ShiftForm(request.GET if "shift" in request.GET else {"shift": "364"})
    days = shift.later() if shift.is_valid() else 364
    zone = forms.own_zone(request.user, source.organizer)
    values = {
        "title": renewed(source.title, source.opens_at, days),
        "opens": forms.by_clock(shifted(source.opens_at, days, ZoneInfo(zone)), zone),
        "closes": forms.by_clock(shifted(source.closes_at, days, ZoneInfo(zone)), zone),
        "zone": zone,
        "organizer": source.organizer_id,
        "offer_hours": source.offer_hours,
        "audience": source.audience_id,
    }
    drafts = drafts_of_period(source, days, ZoneInfo(zone))
    return _propose(request, values, drafts, days=days, source=source, shift=shift)


@for_planners
@require_http_methods(["GET", "POST"])
def from_template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """A period as a template has it: first when it opens, then all of its runs, to look at and change."""
    source = own_period_template(request, template_id)
    if request.method == "POST":
        return _make(request, source)
    own_zone = forms.own_zone(request.user, source.organizer)
    opening = forms.next_opening(own_zone)
    initial = {"title": with_year(source.title, opening.year), "zone": own_zone, "opens": opening}
    form = forms.OpeningForm(request.GET or None, initial=initial)
    runs = list(source.runs.select_related("course").order_by("starts_after", "title", "pk"))
    if "opens" not in request.GET or not form.is_valid():
        crumbs = crumbs_of_template(source, (_("New period"), ""))
        context = {"form": form, "template": source, "runs": runs, "crumbs": crumbs}
        return render(request, "planner/from_template.html", context, status=422 if form.errors else 200)
    zone = ZoneInfo(form.cleaned_data["zone"])
    opens_at = form.cleaned_data["opens"].replace(tzinfo=zone)
    values = {
        **form.cleaned_data,
        "closes": forms.by_clock(opens_at + source.stays_open, zone.key),
        "organizer": source.organizer_id,
        "offer_hours": source.offer_hours,
        "audience": source.audience_id,
    }
    drafts = drafts_of_templates(runs, {run.pk: 1 for run in runs}, opens_at, zone)
    return _propose(request, values, drafts, days=0, source=source)


@for_planners
@require_http_methods(["GET", "POST"])
def add_runs(request: SignedInRequest, period_id: int) -> HttpResponse:
    """More runs for a period that is there."""
    found = own_period(request, period_id)
    zone = forms.own_zone(request.user, found.organizer)
    choices = forms.choices_of_runs(request.user) | {"zone": zone}
    if request.method == "POST":
        drafts = forms.RunDrafts(_with_one_more(request), form_kwargs=choices, prefix="runs")
        if "add" not in request.POST and drafts.is_valid():
            runs = services.add_runs(found, _new_runs(request, drafts, found, ZoneInfo(zone), 0), by=request.user)
            number = len(runs)
            text = ngettext("%(number)s run is added.", "%(number)s runs are added.", number) % {"number": number}
            messages.success(request, text)
            return redirect("enrollment:period", found.pk)
    else:
        templates = list(RunTemplate.objects.alone().editable_by(request.user).order_by("name", "pk"))
        chosen = {template.pk: 1 for template in templates if str(template.pk) in request.GET.getlist("template")}
        proposed = drafts_of_templates(templates, chosen, found.opens_at, ZoneInfo(zone))
        initial = [_typed(draft, zone) for draft in proposed] or [{}]
        drafts = forms.RunDrafts(form_kwargs=choices, prefix="runs", initial=initial)
    context = {
        "period": found,
        "drafts": drafts,
        "zone": zone,
        "zone_name": dict(forms.ZONES)[zone],
        "back": reverse("enrollment:period", args=[found.pk]),
        "crumbs": crumbs_of_period(found, (_("Add runs"), "")),
    }
    return render(request, "planner/add_runs.html", context, status=422 if drafts.is_bound and _wrong(drafts) else 200)


def _propose(
    request: SignedInRequest,
    values: dict[str, Any],
    drafts: Sequence[RunDraft],
    *,
    days: int,
    source: Source | None = None,
    shift: forms.ShiftForm | None = None,
) -> HttpResponse:
    form = forms.PeriodForm(initial=values, person=request.user, instance=None if source is None else _copy(source))
    present = {draft.audience for draft in drafts if draft.audience}
    initial = [_typed(draft, values["zone"]) for draft in drafts] or [{}]
    choices = forms.choices_of_runs(request.user, present) | {"zone": values["zone"]}
    runs = forms.RunDrafts(form_kwargs=choices, prefix="runs", initial=initial)
    return _page(request, form, runs, str(uuid4()), days, source, shift)


def _make(request: SignedInRequest, source: Source | None = None) -> HttpResponse:
    form = forms.PeriodForm(request.POST, person=request.user, instance=None if source is None else _copy(source))
    choices = forms.choices_of_runs(request.user, _audiences_of(source)) | {"zone": request.POST.get("zone", "")}
    runs = forms.RunDrafts(_with_one_more(request), form_kwargs=choices, prefix="runs")
    key, days = _uuid(request.POST.get("form_key", "")), request.POST.get("days", "")
    later = int(days[:5]) if days.isdecimal() else 0
    if "add" not in request.POST and form.is_valid() and runs.is_valid():
        period = form.period()
        new = _new_runs(request, runs, period, form.clock(), later)
        made = services.plan_period(period, new, by=request.user, form_key=key)
        messages.success(request, _("The period is planned. Look once more whether everything is right."))
        return redirect("enrollment:period", made.pk)
    return _page(request, form, runs, str(key), later, source, None)


def _page(
    request: SignedInRequest,
    form: forms.PeriodForm,
    runs: Any,
    key: str,
    days: int,
    source: Source | None,
    shift: forms.ShiftForm | None,
) -> HttpResponse:
    title, crumbs, back = _("New period"), crumbs_to((_("New period"), "")), reverse("enrollment:planner")
    if isinstance(source, EnrollmentPeriod):
        title, back = _("Clone a period"), reverse("enrollment:period", args=[source.pk])
        crumbs = crumbs_of_period(source, (title, ""))
    elif source:
        crumbs, back = crumbs_of_template(source, (title, "")), reverse("enrollment:period-template", args=[source.pk])
    context = {
        "form": form,
        "drafts": runs,
        "form_key": key,
        "days": days,
        "source": source,
        "shift": shift,
        "title": title,
        "crumbs": crumbs,
        "back": back,
        "may_reserve": any(each["source"].value() for each in runs),
    }
    is_wrong = form.is_bound and "add" not in request.POST and (form.errors or _wrong(runs))
    return render(request, "planner/draft.html", context, status=422 if is_wrong else 200)


def _new_runs(
    request: SignedInRequest, drafts: Any, period: EnrollmentPeriod, zone: ZoneInfo, days: int
) -> list[services.NewRun]:
    kept = drafts.kept()
    sources = [(form.cleaned_data["source"], form.cleaned_data["seats"]) for form in kept]
    reserves = reserves_for(sources, request.user, period.opens_at, days, zone)
    return [form.new_run(zone, own) for form, own in zip(kept, reserves, strict=True)]


def _typed(draft: RunDraft, zone: str) -> dict[str, Any]:
    return {
        **asdict(draft),
        "starts": forms.by_clock(draft.starts, zone),
        "ends": forms.by_clock(draft.ends, zone),
    }


def _with_one_more(request: SignedInRequest) -> Any:
    """What was sent, with an empty form of a run behind the others where that was asked for."""
    if "add" not in request.POST:
        return request.POST
    sent = request.POST.copy()
    count = sent.get("runs-TOTAL_FORMS", "0")
    sent["runs-TOTAL_FORMS"] = str(min(int(count) if count.isdecimal() else 0, forms.MOST_RUNS - 1) + 1)
    return sent


def _copy(source: Source) -> EnrollmentPeriod:
    """An unsaved period with the audience of what it is made from, which stays possible."""
    return EnrollmentPeriod(audience=source.audience, organizer=source.organizer, title="")


def _audiences_of(source: Source | None) -> set[int]:
    """The audiences of the runs it is made from, which stay possible in the new one."""
    if source is None:
        return set()
    runs: Any = source.seatings if isinstance(source, EnrollmentPeriod) else source.runs
    return set(runs.exclude(audience=None).values_list("audience", flat=True))


def _wrong(drafts: Any) -> bool:
    return any(drafts.errors) or bool(drafts.non_form_errors())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
