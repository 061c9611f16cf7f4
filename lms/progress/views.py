"""The learner's home, what her open lessons report, and the list of what a person is to look at."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.common.http import SignedInRequest
from lms.common.quick import bare
from lms.common.registry import dashboard_cards
from lms.progress import queries, services
from lms.progress.evidence import Beat
from lms.progress.forms import ACCEPT, DecisionForm, ReviewFilterForm
from lms.progress.models import Review
from lms.progress.pages import page_of
from theme.templatetags.numbers import count


class Report(msgspec.Struct):
    """What an open page sends now and then, and what it had to keep while the line was lost."""

    ticket: str
    position: Annotated[float, msgspec.Meta(ge=0, le=1)]
    beats: Annotated[list[Beat], msgspec.Meta(max_length=500)]


_REPORT = msgspec.json.Decoder(Report)


@login_required
@never_cache
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Where to go on, what is due, and what has been reached this year."""
    year = timezone.localdate().year
    desk = queries.desk_of(request.user)
    cards = [
        {"template": card.template, "card": card.context(request), "is_pressing": card.is_pressing}
        for card in sorted(dashboard_cards.values(), key=lambda card: card.order)
    ]
    return render(
        request,
        "progress/home.html",
        {
            "desk": desk,
            "year": year,
            "hours": queries.hours_of(request.user, year),
            "target": queries.YEARLY_TARGET,
            "cards": cards,
        },
    )


@bare
@require_POST
def beats(request: HttpRequest) -> HttpResponse:
    """Hears from an open page; answers how far it was heard, and whether the lesson asks for more.

    The ticket, which nobody else knows, says whose page it is; that she is signed in is asked where it is heard.
    """
    try:
        report = _REPORT.decode(request.body)
        page = page_of(report.ticket)
    except (msgspec.MsgspecError, BadSignature):
        return JsonResponse({"state": "unknown"}, status=422)
    said = services.Said(page, report.beats, report.position)
    number, is_enough = services.hear(said, request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    answer = msgspec.json.encode({"heard": number, "is_enough": is_enough})
    return HttpResponse(answer, content_type="application/json")


@login_required
@never_cache
@require_safe
def reviews(request: SignedInRequest) -> HttpResponse:
    """Evidence that was not believed or not enough, of those whom she organizes or looks after; or what was decided."""
    if not queries.may_review(request.user):
        raise Http404
    return _list_of_reviews(request, request.GET, DecisionForm())


@login_required
@require_POST
def decide(request: SignedInRequest) -> HttpResponse:
    """Accept the evidence that was ticked, or ask to study again."""
    if not queries.may_review(request.user):
        raise Http404
    ticked = [int(each) for each in request.POST.getlist("review")[: queries.PER_PAGE] if queries.is_id(each)]
    chosen = list(Review.objects.visible_to(request.user).filter(pk__in=ticked).values_list("pk", flat=True))
    form = DecisionForm(request.POST)
    if chosen and not form.is_valid():
        return _list_of_reviews(request, request.POST, form, chosen)
    if not chosen:
        messages.warning(request, _("Tick first whose evidence you have looked at."))
    else:
        _decide(request, chosen, form.cleaned_data)
    kept = {name: request.POST[name] for name in ("q", "run", "state", "after") if request.POST.get(name)}
    return redirect(f"{reverse('progress:reviews')}?{urlencode(kept)}")


def _decide(request: SignedInRequest, chosen: list[int], given: dict[str, Any]) -> None:
    if given["decision"] == ACCEPT:
        done = services.accept(chosen, given["reason"], by=request.user)
        said = ngettext("%(count)s lesson counts now.", "%(count)s lessons count now.", done)
    else:
        done = services.ask_again(chosen, given["reason"], by=request.user)
        said = ngettext(
            "%(count)s learner was asked to study again.", "%(count)s learners were asked to study again.", done
        )
    if done:
        messages.success(request, said % {"count": count(done)})
    if done < len(chosen):
        others = len(chosen) - done
        said = ngettext(
            "%(count)s of the entries was settled in the meantime, by a colleague or by study; it stays as it is.",
            "%(count)s of the entries were settled in the meantime, by a colleague or by study; they stay as they are.",
            others,
        )
        messages.info(request, said % {"count": count(others)})


def _list_of_reviews(
    request: SignedInRequest, given: QueryDict, decision: DecisionForm, chosen: list[int] | None = None
) -> HttpResponse:
    form = ReviewFilterForm(given, queries.reviewed_runs(request.user))
    filters = form.filters()
    after = given.get("after", "")
    page = queries.review_page(request.user, filters, after)
    kept = {name: given[name] for name in ("q", "run", "state") if given.get(name)}
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "decision": decision,
        "chosen": chosen or [],
        "kept": kept | ({"after": after} if after else {}),
        "first": urlencode(kept),
        "following": urlencode(kept | {"after": page.next_after}) if page.next_after else "",
        "is_first": not after,
        "is_narrowed": bool(filters.run_id or filters.text),
    }
    return render(request, "progress/reviews.html", context, status=422 if decision.errors else 200)
