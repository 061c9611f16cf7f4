"""Hears from a learner's page what she does in the frame. The frame itself can send nothing: it has no session."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.catalog.queries import outline
from courses.h5p import queries, services
from courses.h5p.rules import MOST_ENTRIES, Said, Unusable, read_said
from courses.h5p.tokens import read_play_token
from lms.common.http import SignedInRequest


@login_required
@require_POST
@never_cache
def keep(request: SignedInRequest, token: str) -> HttpResponse:
    """Keep what was done at one place: each ``entry`` of the form is one thing said, in JSON.

    ``refused`` answers entry by entry, with nothing where it was kept.
    """
    play = read_play_token(token)
    enrollment = queries.own_enrollment(request.user, play.enrollment_id) if play else None
    if play is None or enrollment is None:
        raise Http404
    item = outline(enrollment.run.course).by_id.get(play.item_id)
    if item is None:
        raise Http404
    answer = services.keep(play, enrollment, item, [_read(raw) for raw in request.POST.getlist("entry")[:MOST_ENTRIES]])
    return JsonResponse({"refused": answer.refused, "is_news": answer.is_news})


def _read(raw: str) -> Said | Unusable:
    try:
        return read_said(raw)
    except Unusable as reason:
        return reason
