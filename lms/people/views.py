"""Pages about people and units: one's own, and those an officer looks after."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.common.http import SignedInRequest, remember_language
from lms.common.registry import people_actions
from lms.people import queries, services
from lms.people.forms import EndRoleForm, PeopleFilter, PreferencesForm, RoleForm
from lms.people.models import OrgUnit, Person, Role
from lms.people.querysets import LOOKING_AFTER


@login_required
@never_cache
def people(request: SignedInRequest) -> HttpResponse:
    """The people an officer looks after, by name, found by name or by a whole number."""
    branches = queries.branch_roots(request.user, *LOOKING_AFTER)
    roots = list(branches.order_by("name")[:20])
    filters = PeopleFilter(request.GET)
    filters.is_valid()
    visible = OrgUnit.objects.visible_to(request.user, *LOOKING_AFTER)
    chosen = request.GET.get("unit", "")
    unit = get_object_or_404(visible, pk=chosen) if chosen.isdigit() else None
    page = queries.people_page(
        request.user,
        text=filters.cleaned_data.get("q", ""),
        unit=unit,
        employment_type=filters.cleaned_data.get("employment", ""),
        after=request.GET.get("after", ""),
    )
    following = request.GET.copy()
    if page.next_after:
        following["after"] = str(page.next_after)
    return render(
        request,
        "people/list.html",
        {
            "page": page,
            "filters": filters,
            "unit": unit,
            "roots": roots,
            "is_first": not request.GET.get("after"),
            "is_filtered": any(request.GET.get(name) for name in ("q", "employment", "unit")),
            "following": following.urlencode(),
            "actions": sorted(
                (action for action in people_actions.values() if action.shown_to(request.user)),
                key=lambda action: action.order,
            ),
        },
    )


@login_required
@never_cache
def person(request: SignedInRequest, person_id: int) -> HttpResponse:
    """One person an officer looks after: places, masked numbers, roles."""
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    return render(request, "people/person.html", {"person": found, "file": queries.file_of(found)})


@login_required
@never_cache
def me(request: SignedInRequest) -> HttpResponse:
    """One's own page, with the choice of language and clock."""
    own = request.user
    form = PreferencesForm(request.POST or None, initial={"language": own.language, "time_zone": own.time_zone})
    if request.method == "POST" and form.is_valid():
        services.change_preferences(own, **form.cleaned_data)
        request.session["time_zone"] = own.time_zone
        with translation.override(own.language):
            messages.success(request, _("Your choice is saved."))
        response = redirect("people:me")
        remember_language(response, own.language)
        return response
    return render(request, "people/me.html", {"person": own, "file": queries.file_of(own), "form": form})


@login_required
@never_cache
def units(request: SignedInRequest) -> HttpResponse:
    """The tops of the branches an officer looks after; straight to the unit when there is one."""
    tops = list(queries.branch_roots(request.user, *LOOKING_AFTER).order_by("name", "pk")[:200])
    if len(tops) == 1:
        return redirect("people:unit", unit_id=tops[0].pk)
    return render(request, "people/units.html", {"tops": tops})


@login_required
@never_cache
def unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """One unit: the way up, the units below with how many people their branches have, and its own people."""
    visible = OrgUnit.objects.visible_to(request.user, *LOOKING_AFTER)
    found = get_object_or_404(visible, pk=unit_id)
    path = queries.path_of(found)
    open_ids = set(visible.filter(pk__in=[above.pk for above in path]).values_list("pk", flat=True))
    return render(
        request,
        "people/unit.html",
        {
            "unit": found,
            "path": [(above, above.pk in open_ids) for above in path],
            "below": queries.units_below_with_people(found),
            "people": queries.people_in_branch(found),
            "former_names": queries.former_names(found),
            "may_upload": queries.has_role(request.user, "hr_officer"),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def roles(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Who holds which role in a unit, and giving one."""
    visible = OrgUnit.objects.visible_to(request.user, *LOOKING_AFTER)
    found = get_object_or_404(visible, pk=unit_id)
    kinds = queries.roles_to_give(request.user, found)
    form = RoleForm(request.POST or None, kinds=kinds, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        role = services.grant_role(
            given["login"],
            given["kind"],
            found,
            by=request.user,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )
        messages.success(request, _given(role))
        return redirect("people:roles", unit_id=found.pk)
    context = {
        "unit": found,
        "roles": queries.unit_roles(found, request.user),
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "people/roles.html", context, status=422 if form.errors else 200)


def _given(role: Role) -> str:
    words = {
        "name": role.person.name,
        "role": role.get_kind_display(),
        "unit": role.unit.name,
        "start": date_format(role.starts_on),
    }
    if role.starts_on > timezone.localdate():
        return _("%(name)s will be %(role)s of %(unit)s from %(start)s.") % words
    return _("%(name)s is %(role)s of %(unit)s.") % words


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def end_role(request: SignedInRequest, role_id: int) -> HttpResponse:
    """Let a role end: at once, or with a day."""
    in_branch = OrgUnit.objects.visible_to(request.user, *LOOKING_AFTER).values("pk")
    role = get_object_or_404(Role.objects.select_related("person", "unit"), pk=role_id, unit__in=in_branch)
    is_over = role.ends_on is not None and role.ends_on < timezone.localdate()
    if is_over or role.kind not in queries.roles_to_give(request.user, role.unit):
        raise Http404
    form = EndRoleForm(request.POST or None, role=role)
    if request.method == "POST" and form.is_valid():
        services.end_role(role, by=request.user, last_day=form.cleaned_data["last_day"])
        messages.success(request, _("The end of the role is kept."))
        return redirect("people:roles", unit_id=role.unit_id)
    return render(request, "people/end_role.html", {"role": role, "form": form}, status=422 if form.errors else 200)
