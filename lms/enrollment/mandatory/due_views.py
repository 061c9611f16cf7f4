"""Who owes what: lists for those who look after people, exemptions, the superior's page, and one's own."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.common.http import SignedInRequest
from lms.enrollment import services
from lms.enrollment.mandatory.exports import FORMATS, start_export
from lms.enrollment.mandatory.forms import DueFilterForm, ExemptionForm, round_name
from lms.enrollment.mandatory.plan_views import chosen_cycle
from lms.enrollment.models import Exemption, Plan
from lms.enrollment.queries import own_dues
from lms.enrollment.queries import plans as queries
from lms.people.models import OrgUnit, Person
from theme.templatetags.numbers import count

PER_PAGE = 50
NAMED = 20


@login_required
@never_cache
@require_GET
def people(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Who owes a round of the plan, is done or excused, in her branches; some or all of them can be excused."""
    plan = _visible(request, plan_id)
    form, filters, context = _narrowed(request, plan, request.GET)
    dues = queries.dues_of(plan, request.user, filters, timezone.localdate())
    page = Paginator(dues.select_related("person", "enrollment__run__course"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context |= {
        "page": page,
        "lines": queries.due_lines(page),
        "formats": FORMATS,
        "form": form,
        "may_exempt": plan.state != Plan.State.ENDED,
    }
    return render(request, "enrollment/plans/people.html", context)


@login_required
@require_POST
def export(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Start making a file of the list, and lead to its progress."""
    plan = _visible(request, plan_id)
    ending = request.POST.get("format", "")
    if ending not in FORMATS:
        raise Http404
    _form, filters, _context = _narrowed(request, plan, request.POST)
    return redirect("jobs:job", start_export(request.user, plan, filters, ending).pk)


def _narrowed(
    request: SignedInRequest, plan: Plan, given: Any
) -> tuple[DueFilterForm, queries.DueFilters, dict[str, Any]]:
    cycles = list(plan.cycles.order_by("-opens_on", "-number"))
    cycle = chosen_cycle(cycles, given.get("cycle", ""))
    unit, way = None, list[OrgUnit]()
    if given.get("unit"):
        unit, way = queries.branch_of(plan, request.user, given["unit"])
    form = DueFilterForm(given)
    filters = form.filters(cycle=cycle.number if cycle else None, unit_id=unit.pk if unit else None)
    chosen = {"cycle": filters.cycle, "unit": filters.unit_id, "state": filters.standing, "q": filters.text}
    kept = {name: value for name, value in chosen.items() if value not in (None, "")}
    context = {
        "plan": plan,
        "unit": unit,
        "way": way,
        "cycle": cycle,
        "cycles": [(each.number, round_name(each)) for each in cycles],
        "kept": kept,
        "query": urlencode(kept),
    }
    return form, filters, context


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def exempt(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Excuse the people chosen in the list, or all that its filters show, with a reason and evidence."""
    plan = _visible(request, plan_id)
    given = request.POST if request.method == "POST" else request.GET
    _form, filters, context = _narrowed(request, plan, given)
    dues = queries.dues_of(plan, request.user, filters, timezone.localdate())
    is_all = bool(given.get("all"))
    if not is_all:
        ids = [int(each) for each in given.getlist("person")[:PER_PAGE] if each.isdecimal() and len(each) < 19]
        dues = queries.dues_of(plan, request.user, queries.DueFilters(), timezone.localdate()).filter(person__in=ids)
    chosen = list(dues.order_by().values_list("person_id", flat=True).distinct())
    if not chosen:
        messages.warning(request, _("Choose first whom you want to excuse."))
        return redirect("enrollment:plan-people", plan.pk)
    initial = {"starts_on": timezone.localdate()}
    form = ExemptionForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.exempt(plan, chosen, form.grounds(), by=request.user)
        done = ngettext("%(count)s person is excused.", "%(count)s people are excused.", len(chosen))
        messages.success(request, done % {"count": count(len(chosen))})
        return redirect("enrollment:exemptions", plan.pk)
    named = Person.objects.filter(pk__in=chosen).order_by("full_name", "pk")
    context |= {
        "form": form,
        "chosen": chosen if not is_all else [],
        "is_all": is_all,
        "number": len(chosen),
        "names": [person.name for person in named[:NAMED]],
        "more": max(len(chosen) - NAMED, 0),
    }
    return render(request, "enrollment/plans/exempt.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_GET
def exemptions(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Who was excused from a plan, by whom and why."""
    plan = _visible(request, plan_id)
    page = Paginator(queries.exemptions_of(plan, request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "enrollment/plans/exemptions.html", {"plan": plan, "page": page})


@login_required
@never_cache
@require_GET
def evidence(request: SignedInRequest, exemption_id: int) -> HttpResponse:
    """Send the browser to the evidence, to be saved and never shown in place."""
    found = get_object_or_404(Exemption.objects.editable_by(request.user), pk=exemption_id)
    if not found.evidence:
        raise Http404
    storage: Any = found.evidence.storage
    return HttpResponseRedirect(storage.url(found.evidence.name, download_as=found.evidence_name))


@login_required
@require_POST
def revoke(request: SignedInRequest, exemption_id: int) -> HttpResponse:
    """Take an exemption back."""
    own = Exemption.objects.editable_by(request.user).select_related("plan")
    found = get_object_or_404(own, pk=exemption_id)
    services.revoke_exemption(found, by=request.user)
    messages.success(request, _("The exemption is taken back; those it named owe the training again."))
    return redirect("enrollment:exemptions", found.plan_id)


@login_required
@never_cache
@require_GET
def team(request: SignedInRequest) -> HttpResponse:
    """A superior's page: who in her branch is overdue, has something to do, is done or excused."""
    if not queries.may_lead(request.user):
        raise Http404
    today = timezone.localdate()
    form = DueFilterForm(request.GET)
    filters = form.filters()
    dues = queries.team_dues(request.user, filters, today).select_related("person", "plan")
    page = Paginator(dues, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "total": queries.counts_of(queries.team_dues(request.user, queries.DueFilters(), today)),
        "page": page,
        "lines": queries.due_lines(page),
        "is_narrowed": bool(filters.standing or filters.text),
    }
    return render(request, "enrollment/plans/team.html", context)


@login_required
@never_cache
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """What is mandatory for her: what to take by when and why, and what she has done."""
    context = {
        "open": own_dues.open_dues_of(request.user, timezone.localdate()),
        "settled": own_dues.settled_dues_of(request.user),
    }
    return render(request, "enrollment/plans/mine.html", context)


def card(request: Any) -> dict[str, Any]:
    """What her home says of it."""
    return {"open": own_dues.open_dues_of(request.user, timezone.localdate())}


def _visible(request: SignedInRequest, plan_id: int) -> Plan:
    found: Plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("organizer"), pk=plan_id)
    return found
