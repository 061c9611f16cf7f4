"""The editor of audiences: every button sends all of the form, and nothing is saved before it was previewed."""

import hashlib
import json
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.common.http import SignedInRequest
from lms.enrollment import errors, queries, services
from lms.enrollment.forms import AudienceForm, RuleEditor
from lms.enrollment.models import Audience
from lms.enrollment.queries.facts import names_in
from lms.enrollment.rules import audiences as rules
from theme.templatetags.numbers import count


@dataclass
class Desk:
    """What lies on the table: the audience as it is stored, and the form as it is filled in."""

    audience: Audience | None
    form: AudienceForm
    editor: RuleEditor
    words: list[str] = field(default_factory=list)
    preview: queries.Preview | None = None
    seen: str = ""
    """Names the rule that was previewed, and the state of the audience against which it was."""
    is_other_than_seen: bool = False

    def say(self, rule: rules.Group | None) -> None:
        self.words = rules.describe(rule, names_in([rule])) if rule else []

    def name_of(self, rule: rules.Group) -> str:
        stored = self.audience and self.audience.changed_at.isoformat()
        return hashlib.sha256(json.dumps([stored, rules.as_json(rule)]).encode()).hexdigest()[:32]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, audience_id: int | None = None) -> HttpResponseBase:
    """A new audience, or another name or rule for one: filled in, previewed, saved."""
    desk = _desk(request, _stored(request, audience_id))
    if request.method == "GET":
        if desk.audience:
            desk.say(rules.stored_rule(desk.audience.rule))
        return _shown(request, desk)
    action = request.POST.get("do", "")
    is_change = desk.editor.do(action)
    is_search = not is_change and action in ("", "look") and desk.editor.look()
    if is_change or is_search or action == "words":
        desk.editor.check()
        desk.say(desk.editor.heard())
        desk.editor.hush()
        desk.form.is_quiet = True
        return _shown(request, desk)
    return _checked(request, desk, wants_to_save=action == "save")


def _checked(request: SignedInRequest, desk: Desk, *, wants_to_save: bool) -> HttpResponseBase:
    rule = desk.editor.check()
    if not desk.form.is_valid() or rule is None:
        desk.say(desk.editor.heard())
        return _shown(request, desk, status=422)
    desk.say(rule)
    desk.seen = desk.name_of(rule)
    if wants_to_save and request.POST.get("seen") == desk.seen:
        return _saved(request, desk, rule)
    desk.is_other_than_seen = wants_to_save and bool(request.POST.get("seen"))
    desk.preview = queries.preview(rule, request.user, timezone.localdate(), desk.audience)
    return _shown(request, desk)


def _saved(request: SignedInRequest, desk: Desk, rule: rules.Group) -> HttpResponseBase:
    name, given = desk.form.cleaned_data["name"], rules.as_json(rule)
    if desk.audience is None:
        organizer = desk.form.cleaned_data["organizer"]
        audience = services.create_audience(name, organizer, given, by=request.user)
        change = services.Changed(audience, entered=audience.members)
    else:
        change = services.change_audience(desk.audience, name=name, rule=given, by=request.user)
    messages.success(request, _happened(change))
    address = reverse("enrollment:audience", args=[change.audience.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _happened(change: services.Changed) -> str:
    if change.audience.pending_since:
        return _("The audience is saved. It holds many people, who are being written down now; it works already.")
    if not change.entered and not change.left:
        return _("The audience is saved. Nobody entered or left.")
    entered = ngettext("%(people)s person entered", "%(people)s people entered", change.entered)
    left = ngettext("%(people)s person left", "%(people)s people left", change.left)
    return _("The audience is saved: %(entered)s, %(left)s.") % {
        "entered": entered % {"people": count(change.entered)},
        "left": left % {"people": count(change.left)},
    }


def _stored(request: SignedInRequest, audience_id: int | None) -> Audience | None:
    if audience_id is None:
        if not queries.may_edit_audiences(request.user):
            raise Http404
        return None
    own = Audience.objects.visible_to(request.user).select_related("organizer")
    found: Audience = get_object_or_404(own, pk=audience_id)
    if found.archived_at:
        raise errors.AudienceArchived
    return found


def _desk(request: SignedInRequest, audience: Audience | None) -> Desk:
    stored = audience.rule if audience else None
    initial = {"name": audience.name} if audience else {}
    if request.method == "POST":
        form = AudienceForm(request.POST, person=request.user, audience=audience)
        return Desk(audience, form, RuleEditor.sent(request.POST, request.user, stored))
    form = AudienceForm(initial=initial, person=request.user, audience=audience)
    return Desk(audience, form, RuleEditor(request.user, stored))


def _shown(request: SignedInRequest, desk: Desk, status: int = 200) -> HttpResponse:
    desk.editor.name_chosen()
    template = "enrollment/audiences/edit.html"
    if request.headers.get("HX-Request"):
        # A change of a field only says the rule anew; a button may change every part of the form.
        is_side = request.POST.get("do") == "words"
        template = "enrollment/audiences/side.html" if is_side else "enrollment/audiences/editor.html"
    return render(request, template, {"desk": desk, "audience": desk.audience}, status=status)
