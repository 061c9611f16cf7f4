"""Templates of runs, and of whole periods."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.models import PeriodTemplate, RunTemplate
from lms.enrollment.planner import forms
from lms.enrollment.planner.drafts import template_of_period
from lms.enrollment.planner.views.finding import (
    crumbs_of_period,
    crumbs_of_template,
    crumbs_to,
    for_planners,
    own_period,
    own_period_template,
    own_template,
)


@for_planners
@require_safe
def templates(request: SignedInRequest) -> HttpResponse:
    """Her templates by name: of whole periods, and of single runs."""
    own = RunTemplate.objects.alone().editable_by(request.user).select_related("course", "organizer", "audience")
    rows = own.prefetch_related("reserves__audience").order_by("name", "pk")
    periods = PeriodTemplate.objects.editable_by(request.user).annotate(number=Count("runs")).order_by("name", "pk")
    context = {"templates": rows[:200], "periods": periods[:200], "crumbs": crumbs_to((_("Templates"), ""))}
    return render(request, "planner/templates.html", context)


@for_planners
@require_http_methods(["GET", "POST"])
def new_template(request: SignedInRequest) -> HttpResponse:
    """Make a template."""
    return _edit(request, RunTemplate())


@for_planners
@require_http_methods(["GET", "POST"])
def change_template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """Change a template, or remove it; runs that were made from it stay as they are."""
    template = own_template(request, template_id)
    if "remove" in request.POST:
        services.remove_template(template, by=request.user)
        messages.success(request, _("The template is removed. Runs that were made from it stay."))
        return redirect("enrollment:run-templates")
    return _edit(request, template)


@for_planners
@require_http_methods(["GET", "POST"])
def keep_period(request: SignedInRequest, period_id: int) -> HttpResponse:
    """Keep a period with all of its runs as a template."""
    found = own_period(request, period_id)
    form = forms.KeepForm(request.POST or None, organizer=found.organizer, initial={"name": found.title})
    if request.method == "POST" and form.is_valid():
        zone = ZoneInfo(forms.own_zone(request.user, found.organizer))
        template, runs = template_of_period(found, form.cleaned_data["name"], zone)
        services.keep_period_template(template, runs, by=request.user)
        messages.success(request, _("The template is saved."))
        return redirect("enrollment:period-template", template.pk)
    title = _("Save as a template")
    context = {
        "period": found,
        "form": form,
        "title": title,
        "action": _("Save"),
        "kind": "keep",
        "back": reverse("enrollment:period", args=[found.pk]),
        "crumbs": crumbs_of_period(found, (title, "")),
    }
    return render(request, "planner/step.html", context, status=422 if form.errors else 200)


@for_planners
@require_http_methods(["GET", "POST"])
def period_template(request: SignedInRequest, template_id: int) -> HttpResponse:
    """What a template of a period holds; or remove it."""
    template = own_period_template(request, template_id)
    if request.method == "POST":
        services.remove_period_template(template, by=request.user)
        messages.success(request, _("The template is removed. Periods that were made from it stay."))
        return redirect("enrollment:run-templates")
    runs = template.runs.select_related("course", "audience").prefetch_related("reserves__audience")
    context = {
        "template": template,
        "runs": runs.order_by("starts_after", "title", "pk"),
        "days": -(-template.stays_open // timedelta(days=1)),
        "crumbs": crumbs_of_template(template),
    }
    return render(request, "planner/period_template.html", context)


def _edit(request: SignedInRequest, template: RunTemplate) -> HttpResponse:
    is_new = template.pk is None
    known = [] if is_new else list(template.reserves.order_by("pk"))
    present = {share.audience_id for share in known}
    initial = [
        {"audience": share.audience_id, "percent": share.percent, "released_after": share.released_after}
        for share in known
    ]
    form = forms.TemplateForm(request.POST or None, instance=template, person=request.user)
    choices = {"audiences": forms.choices_of_runs(request.user, present)["audiences"]}
    shares: Any = forms.Shares(request.POST or None, prefix="shares", initial=initial, form_kwargs=choices)
    if request.method == "POST" and form.is_valid() and shares.is_valid():
        services.keep_template(form.save(commit=False), shares.shares(), by=request.user)
        messages.success(request, _("The template is saved."))
        return redirect("enrollment:run-templates")
    title = _("New template") if is_new else template.name
    context = {
        "form": form,
        "shares": shares,
        "template": template,
        "is_new": is_new,
        "title": title,
        "crumbs": crumbs_to((_("Templates"), ""), (title, "")),
    }
    is_wrong = bool(form.errors) or (shares.is_bound and not shares.is_valid())
    return render(request, "planner/template.html", context, status=422 if is_wrong else 200)
