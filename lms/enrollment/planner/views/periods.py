"""Periods: the list, the calendar, one period, and what is done to it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lms.common.http import SignedInRequest
from lms.enrollment import queries, services
from lms.enrollment.models import EnrollmentPeriod
from lms.enrollment.planner import forms
from lms.enrollment.planner.views.cancelling import cancel
from lms.enrollment.planner.views.finding import crumbs_of_period, crumbs_to, for_planners, own_period
from lms.enrollment.rules.planning import PAST, RUNNING, UPCOMING, Bar, months_away

PHASES = {RUNNING: gettext_lazy("Open now"), UPCOMING: gettext_lazy("To come"), PAST: gettext_lazy("Past")}
PER_PAGE = 12
TONES = {RUNNING: "success", UPCOMING: "info", PAST: "neutral"}


@for_planners
@require_safe
def planner(request: SignedInRequest) -> HttpResponse:
    """Her periods by phase; without a choice, the first phase that has any."""
    counts = queries.phase_counts(request.user)
    phase = request.GET.get("phase", "")
    if phase not in PHASES:
        phase = next((each for each in PHASES if counts[each]), UPCOMING)
    page = Paginator(queries.periods_of(request.user, phase), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "planner/periods.html",
        {
            "page": page,
            "lines": queries.lines_of_periods(page),
            "phase": phase,
            "tone": TONES[phase],
            "tabs": [(each, label, counts[each]) for each, label in PHASES.items()],
            "has_any": any(counts.values()),
        },
    )


@for_planners
@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """A month of her periods and runs."""
    today = timezone.localdate()
    year, month = _month(request.GET.get("month", ""), today)
    shown = queries.month_of(request.user, year, month)
    weeks: list[dict[str, Any]] = []
    for week in shown.weeks:
        # A run that neither starts nor ends in a week would only fill it; it is named once, at the top of the month.
        told = [bar for bar in week.bars if bar.starts or bar.ends or _is_period(bar) or not weeks]
        weeks.append(
            {
                "days": [(day, day.month == month, day == today) for day in week.days],
                "bars": [(bar, shown.entries[bar.key], _is_period(bar)) for bar in told],
                "going_on": len(week.bars) - len(told),
            }
        )
    before, after = months_away(year, month, -1), months_away(year, month, 1)
    return render(
        request,
        "planner/calendar.html",
        {
            "month": date(year, month, 1),
            "weeks": weeks,
            "has_any": bool(shown.entries),
            "before": f"{before[0]}-{before[1]:02}",
            "after": f"{after[0]}-{after[1]:02}",
            "is_this_month": (year, month) == (today.year, today.month),
            "crumbs": crumbs_to((_("Calendar"), "")),
        },
    )


@for_planners
@require_safe
def clocks(request: SignedInRequest) -> HttpResponse:
    """What a field of a form says by the reader's clock and the capital's, as it is typed."""
    typed = request.GET.get(request.GET.get("field", ""), "")
    return HttpResponse(forms.clocks_of(typed, request.GET.get("zone", "")), content_type="text/plain; charset=utf-8")


def _is_period(bar: Bar) -> bool:
    return bar.key.startswith("period-")


def _month(text: str, today: date) -> tuple[int, int]:
    try:
        chosen = date.fromisoformat(f"{text}-01")
    except ValueError:
        chosen = today
    return (chosen.year, chosen.month) if 2000 <= chosen.year <= 2200 else (today.year, today.month)


@for_planners
@require_safe
def period(request: SignedInRequest, period_id: int) -> HttpResponse:
    """A period with its runs as they stand."""
    found = own_period(request, period_id)
    (line,) = queries.lines_of_periods([found])
    runs = queries.runs_of_period(found)
    context = {
        "period": found,
        "line": line,
        "runs": runs,
        "phase_label": PHASES[line.phase],
        "tone": TONES[line.phase],
        "has_live_runs": any(not seating.run.is_cancelled for seating in runs),
        "crumbs": crumbs_of_period(found),
    }
    return render(request, "planner/period.html", context)


@for_planners
@require_http_methods(["GET", "POST"])
def change_period(request: SignedInRequest, period_id: int) -> HttpResponse:
    """Title, window, offers and audience."""
    found = own_period(request, period_id)
    form = forms.PeriodForm(request.POST or None, instance=found, person=request.user)
    if request.method == "POST" and form.is_valid():
        opens_at, closes_at = form.window()
        cleaned = form.cleaned_data
        services.change_period(
            EnrollmentPeriod.objects.get(pk=found.pk),
            title=cleaned["title"],
            opens_at=opens_at,
            closes_at=closes_at,
            offer_hours=cleaned["offer_hours"],
            audience=cleaned["audience"],
            by=request.user,
        )
        messages.success(request, _("The period is saved."))
        return redirect("enrollment:period", found.pk)
    return _form(request, found, form, _("Change the period"), _("Save"), "period_form")


@for_planners
@require_http_methods(["GET", "POST"])
def close(request: SignedInRequest, period_id: int) -> HttpResponse:
    """End an open period early."""
    found = own_period(request, period_id)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.close_period(found, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Enrollment is closed. Places given already stay."))
        return redirect("enrollment:period", found.pk)
    return _form(request, found, form, _("Close the period now"), _("Close now"), "close")


@for_planners
@require_http_methods(["GET", "POST"])
def extend(request: SignedInRequest, period_id: int) -> HttpResponse:
    """Let a period close later."""
    found = own_period(request, period_id)
    zone = forms.own_zone(request.user, found.organizer)
    initial = {"zone": zone, "until": forms.by_clock(found.closes_at, zone)}
    form = forms.ExtendForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.extend_period(found, form.moment(), reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The period is extended. Everybody with a place in it is told."))
        return redirect("enrollment:period", found.pk)
    return _form(request, found, form, _("Extend the period"), _("Extend"), "extend")


@for_planners
@require_http_methods(["GET", "POST"])
def cancel_period(request: SignedInRequest, period_id: int) -> HttpResponse:
    """Cancel every run of a period."""
    found = own_period(request, period_id)
    own = [seating for seating in queries.runs_of_period(found) if not seating.run.is_cancelled]
    context = {"title": _("Cancel all runs"), "crumbs": crumbs_of_period(found, (_("Cancel all runs"), ""))}
    return cancel(request, own, reverse("enrollment:period", args=[found.pk]), context)


def _form(
    request: SignedInRequest, found: EnrollmentPeriod, form: Any, title: str, action: str, kind: str
) -> HttpResponse:
    context = {
        "period": found,
        "form": form,
        "title": title,
        "action": action,
        "kind": kind,
        "back": reverse("enrollment:period", args=[found.pk]),
        "crumbs": crumbs_of_period(found, (title, "")),
    }
    return render(request, "planner/step.html", context, status=422 if form.errors else 200)
