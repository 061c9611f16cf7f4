"""One run: how it stands, its settings, its reserved shares, its classes, and the record of its arrivals."""

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.common.http import SignedInRequest
from lms.enrollment import queries, services
from lms.enrollment.models import RunClass, RunSeats, SeatReserve
from lms.enrollment.planner import forms
from lms.enrollment.planner.kinds import ArrivalsExport
from lms.enrollment.planner.views.cancelling import cancel
from lms.enrollment.planner.views.finding import crumbs_of_run, for_planners, own_seating
from lms.jobs import services as jobs

FORMATS = ("xlsx", "csv")


@for_planners
@require_safe
def run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """How a run stands, and what can be done with it."""
    seating = own_seating(request, run_id)
    context = {
        "seating": seating,
        "run": seating.run,
        "period": seating.period,
        "reserves": _reserves(seating),
        "classes": queries.class_sums(run_id),
        "crumbs": crumbs_of_run(seating),
    }
    return render(request, "planner/run.html", context)


@for_planners
@require_http_methods(["GET", "POST"])
def change_run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Title, days, seats, audience and the size of classes."""
    seating = own_seating(request, run_id)
    form = forms.RunForm(request.POST or None, person=request.user, seating=seating)
    if request.method == "POST" and form.is_valid():
        _save(seating, form, request)
        messages.success(request, _("The run is saved."))
        return redirect("enrollment:run-plan", run_id)
    return _form(request, seating, form, _("Change the run"), _("Save"))


@transaction.atomic
def _save(seating: RunSeats, form: forms.RunForm, request: SignedInRequest) -> None:
    cleaned, by = form.cleaned_data, request.user
    if cleaned["title"] != seating.run.title:
        services.rename_run(seating.run, cleaned["title"], by=by)
    if days := form.days():
        services.move_run(seating.run, *days, by=by)
    if cleaned["seats"] != seating.seats:
        services.change_seats(seating.run, cleaned["seats"], by=by)
    services.open_to(RunSeats.objects.get(pk=seating.pk), cleaned["audience"], by=by)
    services.split_run(seating.run, cleaned["class_size"], by=by)


@for_planners
@require_http_methods(["GET", "POST"])
def extend_run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Give the learners more time."""
    seating = own_seating(request, run_id)
    zone = forms.own_zone(request.user, seating.period.organizer)
    initial = {"zone": zone, "until": forms.by_clock(seating.run.ends_at, zone)}
    form = forms.ExtendForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.extend_run(seating.run, form.moment(), reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request, _("The learners of this run have more time now. They and their instructors are told.")
        )
        return redirect("enrollment:run-plan", run_id)
    return _form(request, seating, form, _("Give more time"), _("Extend"))


@for_planners
@require_http_methods(["GET", "POST"])
def cancel_run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Cancel one run."""
    seating = own_seating(request, run_id)
    if seating.run.is_cancelled:
        return redirect("enrollment:run-plan", run_id)
    context = {"title": _("Cancel the run"), "crumbs": crumbs_of_run(seating, (_("Cancel the run"), ""))}
    return cancel(request, [seating], reverse("enrollment:run-plan", args=[run_id]), context)


@for_planners
@require_http_methods(["GET", "POST"])
def reserves(request: SignedInRequest, run_id: int) -> HttpResponse:
    """The shares that are kept for audiences: set, changed, released."""
    seating = own_seating(request, run_id)
    zone = forms.own_zone(request.user, seating.period.organizer)
    form = forms.ReserveForm(
        request.POST if "seats" in request.POST else None, person=request.user, initial={"zone": zone}
    )
    if request.method == "POST" and "release" in request.POST:
        text = request.POST["release"]
        reserve = get_object_or_404(SeatReserve, seating=seating, pk=text if text.isdecimal() else 0)
        services.release_reserve(reserve, by=request.user)
        messages.success(request, _("These seats are open to everybody now."))
        return redirect("enrollment:run-reserves", run_id)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        services.reserve_seats(
            seating.run, cleaned["audience"], cleaned["seats"], releases_at=form.kept_until(), by=request.user
        )
        messages.success(request, _("The seats are kept."))
        return redirect("enrollment:run-reserves", run_id)
    context = {
        "seating": seating,
        "run": seating.run,
        "form": form,
        "reserves": _reserves(seating),
        "crumbs": crumbs_of_run(seating, (_("Reserved shares"), "")),
    }
    return render(request, "planner/reserves.html", context, status=422 if form.errors else 200)


def _reserves(seating: RunSeats) -> list[SeatReserve]:
    return list(seating.reserves.select_related("audience").order_by("released_at", "pk"))


@for_planners
@require_http_methods(["GET", "POST"])
def classes(request: SignedInRequest, run_id: int) -> HttpResponse:
    """The classes of a run and who teaches them."""
    seating = own_seating(request, run_id)
    wrong: dict[int, str] = {}
    if request.method == "POST":
        text = request.POST.get("class", "")
        group = get_object_or_404(RunClass, run=run_id, pk=text if text.isdecimal() else 0)
        login = request.POST.get("login", "").strip()
        instructor = queries.person_to_appoint(login) if login else None
        if instructor or not login:
            services.appoint(group, instructor, by=request.user)
            messages.success(request, _("The instructor is told.") if instructor else _("Saved."))
            return redirect(f"{reverse('enrollment:run-classes', args=[run_id])}#class-{group.number}")
        wrong[group.pk] = _("Nobody has this e-mail address. Check it and write it in full.")
    context = {
        "seating": seating,
        "run": seating.run,
        "groups": [(group, wrong.get(group.pk, "")) for group in queries.classes_of(run_id)],
        "typed": request.POST.get("login", "") if wrong else "",
        "crumbs": crumbs_of_run(seating, (_("Classes"), "")),
    }
    return render(request, "planner/classes.html", context, status=422 if wrong else 200)


@for_planners
@require_safe
def arrivals(request: SignedInRequest, run_id: int) -> HttpResponse:
    """The order of arrival as a record."""
    seating = own_seating(request, run_id)
    text, after = request.GET.get("q", "").strip()[:100], request.GET.get("after", "")
    page = queries.arrivals_page(run_id, text=text, after=int(after[:9]) if after.isdecimal() else 0)
    context = {
        "seating": seating,
        "run": seating.run,
        "page": page,
        "text": text,
        "is_first": not after,
        "formats": FORMATS,
        "crumbs": crumbs_of_run(seating, (_("Order of arrival"), "")),
    }
    return render(request, "planner/arrivals.html", context)


@for_planners
@require_POST
def export_arrivals(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Start writing the record to a file, and lead to its progress."""
    seating = own_seating(request, run_id)
    ending = request.POST.get("format", "")
    if ending not in FORMATS:
        raise Http404
    job = jobs.create(ArrivalsExport.name, request.user, {"run": seating.pk, "format": ending})
    return redirect("jobs:job", job.pk)


def _form(request: SignedInRequest, seating: RunSeats, form: Form, title: str, action: str) -> HttpResponse:
    context = {
        "seating": seating,
        "form": form,
        "title": title,
        "action": action,
        "kind": "run",
        "back": reverse("enrollment:run-plan", args=[seating.pk]),
        "crumbs": crumbs_of_run(seating, (title, "")),
    }
    return render(request, "planner/step.html", context, status=422 if form.errors else 200)
