"""Audiences as organizers and officers see them: the list, one of them, and the parts that other forms bring in."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.common.http import SignedInRequest
from lms.enrollment import queries, services
from lms.enrollment.forms import SOURCES, AudienceField, AudienceOptions, PickFound, signer
from lms.enrollment.models import Audience
from lms.enrollment.queries.facts import names_in
from lms.enrollment.rules import audiences as rules
from lms.people.models import Person

PAGE = 25


@login_required
@never_cache
@require_safe
def audiences(request: SignedInRequest) -> HttpResponse:
    """The audiences of one's branches, with how many people each holds and how often it is used."""
    _only_for_editors(request)
    text = request.GET.get("q", "").strip()[:100]
    archived = "archived" in request.GET
    found = queries.audiences_of(request.user, text, archived=archived)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "text": text,
        "archived": archived,
        "has_archive": archived or queries.has_archive(request.user),
    }
    return render(request, "enrollment/audiences/list.html", context)


@login_required
@never_cache
@require_safe
def audience(request: SignedInRequest, audience_id: int) -> HttpResponse:
    """One audience: its rule in words, whom it holds, and where it is used."""
    found = _own(request, audience_id)
    rule, uses = rules.stored_rule(found.rule), queries.uses_of(found)
    members = Person.objects.filter(pk__in=found.memberships.values("person"))
    context = {
        "audience": found,
        "operator": rule.operator,
        "words": rules.describe(rule, names_in([rule])),
        "people": queries.first_named(members, request.user, found.members) if found.members else [],
        "uses": uses,
        "is_over": bool(uses) and all(use.is_over for use in uses),
    }
    return render(request, "enrollment/audiences/audience.html", context)


@login_required
@require_POST
def remove(request: SignedInRequest, audience_id: int) -> HttpResponse:
    """Take an audience away that nothing uses."""
    found = _own(request, audience_id)
    services.remove_audience(found, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("enrollment:audiences")


@login_required
@require_POST
def archive(request: SignedInRequest, audience_id: int) -> HttpResponse:
    """Put an audience away that only names what is over."""
    found = _own(request, audience_id)
    services.archive_audience(found, by=request.user)
    messages.success(request, _("“%(name)s” is in the archive.") % {"name": found.name})
    return redirect("enrollment:audience", found.pk)


@login_required
@require_POST
def restore(request: SignedInRequest, audience_id: int) -> HttpResponse:
    """Bring an audience back from the archive."""
    found = services.restore_audience(_own(request, audience_id), by=request.user)
    messages.success(request, _("“%(name)s” can be used again.") % {"name": found.name})
    return redirect("enrollment:audience", found.pk)


@login_required
@require_safe
def options(request: SignedInRequest) -> HttpResponse:
    """The list of an ``AudienceField``, narrowed to what is typed in its box."""
    _only_for_editors(request)
    name = request.GET.get("name", "")
    form = forms.Form(request.GET)
    field = form.fields[name] = AudienceField(widget=AudienceOptions, required="everybody" not in request.GET)
    try:
        field.let_choose(request.user, set(signer.unsign_object(request.GET.get("present", ""))))
    except BadSignature as error:
        raise Http404 from error
    return HttpResponse(form[name].as_widget())


@login_required
@require_POST
def pick(request: SignedInRequest, source: str) -> HttpResponse:
    """What is found by the words in a box of the editor, but for what is chosen already."""
    _only_for_editors(request)
    if source not in SOURCES:
        raise Http404
    name = request.GET.get("name", "")
    form = forms.Form(request.POST)
    form.fields[name] = forms.Field(required=False, widget=PickFound(source))
    # What is typed in the box is read along with what is chosen.
    form[name].value()
    cast("PickFound", form.fields[name].widget).look(request.user)
    return HttpResponse(form[name].as_widget())


def _only_for_editors(request: SignedInRequest) -> None:
    if not queries.may_edit_audiences(request.user):
        raise Http404


def _own(request: SignedInRequest, audience_id: int) -> Audience:
    found: Audience = get_object_or_404(
        Audience.objects.visible_to(request.user).select_related("organizer"), pk=audience_id
    )
    return found
