"""The click on *Enroll*, and what everybody may know of a run at its opening."""

import hashlib
import json
import time
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lms.enrollment import errors, services
from lms.enrollment.queries import RunState, run_state
from lms.enrollment.services import Outcome, Ticket
from theme.templatetags.moments import moment_to_the_millisecond
from theme.templatetags.numbers import count
from theme.templatetags.windows import both_zones

COOKIE = "queue"
LONGEST_PAUSE = 30
"""Seconds after which somebody in the queue hears of it again at the latest."""
BUSY_FOR = 2
"""Seconds after which a click is to be tried again when the database is away."""


@require_http_methods(["GET", "POST"])
def enroll(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take a seat, or the next number of the waiting list: one cheap request, safe to repeat.

    Nobody is looked up here: the group of clicks asks for all of its people at once. The form of the page is answered
    with the page of the run, its script with JSON. A GET is the page of the queue asking again by itself: it goes on
    with the click whose number it holds, and never begins one.
    """
    session = request.session
    person = session.get(SESSION_KEY)
    if not person:
        return _sign_in(request)
    if request.method == "GET" and not services.has_number(run_id, int(person), request.COOKIES.get(COOKIE, "")):
        return redirect("enrollment:run", run_id)
    try:
        state = run_state(run_id)
    except (OperationalError, InterfaceError):
        return _busy(request)
    if state is None:
        raise Http404
    if state.refusal_at(timezone.now()) == errors.NotOpenYet.code:
        moment = both_zones(state.opens_at)
        raise errors.NotOpenYet(_("Enrollment has not opened yet: it opens %(moment)s.") % {"moment": moment})
    with services.enter(run_id, int(person), request.COOKIES.get(COOKIE, ""), _waited(request)) as ticket:
        if ticket:
            return _in_queue(request, state, ticket)
        try:
            outcome = services.click(run_id, int(person), session.get(HASH_SESSION_KEY, ""))
        except (OperationalError, InterfaceError):
            return _busy(request)
    if outcome.code == errors.SignInFirst.code:
        return _sign_in(request)
    if outcome.code in errors.BY_CODE and not outcome.enrollment_id:
        raise errors.BY_CODE[outcome.code]
    return _answer(request, run_id, outcome)


def _answer(request: HttpRequest, run_id: int, outcome: Outcome) -> HttpResponse:
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse({"state": outcome.code, "number": outcome.number, "text": told(outcome)})
    else:
        response = redirect("enrollment:run", run_id)
        response.status_code = 303
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=f"/runs/{run_id}/")
    return response


def told(outcome: Outcome) -> str:
    """What a place is, in a sentence, with the number and the moment of arrival."""
    arrived = _("You were number %(arrival)s, %(moment)s.") % {
        "arrival": count(outcome.arrival),
        "moment": moment_to_the_millisecond(outcome.arrived_at),
    }
    if outcome.code == "waiting":
        place = _("All seats are taken: you are number %(number)s on the waiting list.") % {
            "number": count(outcome.number)
        }
    elif outcome.code == "offered":
        place = str(errors.SeatOffered.message)
    else:
        place = _("You are enrolled.")
    return f"{place} {arrived}"


def _in_queue(request: HttpRequest, state: RunState, ticket: Ticket) -> HttpResponse:
    text = pgettext("queue", "You are number %(number)s in the queue, %(ahead)s ahead of you, about %(seconds)s s.") % {
        "number": count(ticket.number),
        "ahead": count(ticket.ahead),
        "seconds": count(ticket.seconds),
    }
    # Whoever asks again before her turn costs as much as whoever is let in.
    again_in = min(ticket.seconds, LONGEST_PAUSE)
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse(
            {"state": "queued", "number": ticket.number, "ahead": ticket.ahead, "text": text, "again_in": again_in},
            status=202,
        )
    else:
        context = {"run_id": state.run_id, "text": text, "again_in": again_in}
        response = render(request, "enrollment/queued.html", context, status=202)
        response["Refresh"] = str(again_in)
    response.set_cookie(
        COOKIE,
        ticket.signed,
        max_age=3600,
        path=f"/runs/{state.run_id}/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def _busy(request: HttpRequest) -> HttpResponse:
    text = _("The server is busy for a moment. Nothing is lost: please try again.")
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse({"state": "busy", "text": text, "again_in": BUSY_FOR}, status=503)
    else:
        response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(BUSY_FOR)
    return response


def _sign_in(request: HttpRequest) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"state": "sign_in", "text": str(errors.SignInFirst.message)}, status=401)
    return redirect_to_login(request.get_full_path().removesuffix("enroll/"))


def _wants_json(request: HttpRequest) -> bool:
    return bool(request.META.get("HTTP_ACCEPT") == "application/json")


def _waited(request: HttpRequest) -> float:
    """For how many seconds the click was under way, by when the page sent it; 0 when it does not say so.

    The page knows the server's clock. Whoever sends another moment only queues where she need not, or waits unseen.
    """
    sent = request.META.get("HTTP_X_SENT_AT", "")
    return time.time() - int(sent) / 1000 if sent.isascii() and sent.isdigit() and len(sent) < 15 else 0.0


@require_safe
def state(request: HttpRequest, run_id: int) -> HttpResponse:
    """The run as everybody sees it: the same bytes for all, from the cache, never from the database for a reader.

    ``now`` is no part of the tag: a page that hears that nothing has changed goes on with the clock it has.
    """
    found = run_state(run_id)
    if found is None:
        raise Http404
    facts: dict[str, Any] = {
        "opens_at": _ms(found.opens_at),
        "closes_at": _ms(found.closes_at),
        "is_cancelled": found.is_cancelled,
        "seats": found.seats,
        "left": found.left,
        "waiting": found.waiting,
    }
    tag = f'"{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]}"'
    response: HttpResponse
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse(facts | {"now": _ms(timezone.now())})
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=2"
    return response


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
