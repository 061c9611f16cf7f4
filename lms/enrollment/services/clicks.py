"""Clicks on *Enroll* of many people in the same instant, placed together.

Whoever clicks while another click on the same run is being placed joins the next group. The first of a group places
all of it in one transaction, through ``place`` like everybody else, and hands each her own answer: one lock and one
commit for many people. A group is of one process; groups of several meet at the run's lock.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError

from lms.enrollment.errors import SignInFirst
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import waiting_numbers
from lms.enrollment.services.places import Placed, place
from lms.people.models import Person
from lms.people.queries import is_session_of

LARGEST = 256
"""How many clicks one transaction places at the most."""
PATIENCE = 60
"""Seconds after which a click gives up on the group it is in; only a stuck database can take so long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a click came to: ``code`` is the status of the place, or why there is none. ``number`` waits in line."""

    code: str
    enrollment_id: int | None = None
    arrival: int = 0
    arrived_at: datetime | None = None
    number: int = 0


@dataclass(slots=True, eq=False)
class _Click:
    person_id: int
    session_hash: str
    outcome: Outcome | None = None
    error: Exception | None = None
    leads: bool = False
    woken: threading.Event = field(default_factory=threading.Event)


class _Line:
    """The clicks on one run that wait in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clicks: list[_Click] = []
        self.is_led = False


_lines: defaultdict[int, _Line] = defaultdict(_Line)


def click(run_id: int, person_id: int, session_hash: str) -> Outcome:
    """Place a signed-in person, together with whoever clicks now. Safe to repeat: the same place is given again.

    ``session_hash`` is what her session holds of her password: that she may still be who she was when she signed in is
    asked for the whole group at once.
    """
    mine = _Click(person_id, session_hash)
    line = _lines[run_id]
    with line.lock:
        line.clicks.append(mine)
        if not line.is_led:
            line.is_led = mine.leads = True
    if not mine.leads:
        mine.woken.wait(PATIENCE)
    if mine.leads:
        _lead(run_id, line)
    if mine.error:
        raise mine.error
    if mine.outcome is None:
        raise OperationalError("the group of this click was not placed in time")
    return mine.outcome


def _lead(run_id: int, line: _Line) -> None:
    """Place those who wait, then let the first of those who came meanwhile lead the next group."""
    with line.lock:
        group, line.clicks = line.clicks[:LARGEST], line.clicks[LARGEST:]
    try:
        _place_group(run_id, group)
    finally:
        with line.lock:
            if line.clicks:
                following = line.clicks[0]
                following.leads = True
                following.woken.set()
            else:
                line.is_led = False
        for each in group:
            each.woken.set()


def _place_group(run_id: int, group: Sequence[_Click]) -> None:
    try:
        _answer(run_id, group)
    except (OperationalError, InterfaceError) as error:  # the database is away: nobody is better off alone
        for each in group:
            each.error = each.error or error
    except Exception:  # what one of them met must not harm the others
        for each in group:
            try:
                _answer(run_id, [each])
            except Exception as error:
                each.error = error


def _answer(run_id: int, group: Sequence[_Click]) -> None:
    known = _still_signed_in(group)
    ids = [each.person_id for each in group if each in known]
    placed = place(run_id, ids) if ids else Placed()
    enrollments = {each.person_id: each for each in placed.enrollments}
    numbers = waiting_numbers(placed.kept) if placed.kept else {}
    for each in group:
        if each not in known:
            each.outcome = Outcome(SignInFirst.code)
        elif each.person_id in placed.refused:
            each.outcome = Outcome(placed.refused[each.person_id])
        else:
            mine = enrollments[each.person_id]
            number = placed.numbers.get(each.person_id) or numbers.get(mine.pk, 0)
            each.outcome = _outcome(mine, number)


def _outcome(place: Enrollment, number: int) -> Outcome:
    return Outcome(place.status, place.pk, place.arrival, place.created_at, number)


def _still_signed_in(group: Sequence[_Click]) -> set[_Click]:
    people = {
        each.pk: each
        for each in Person.objects.filter(pk__in=[each.person_id for each in group]).only("password", "is_active")
    }
    return {
        each for each in group if each.person_id in people and is_session_of(people[each.person_id], each.session_hash)
    }
