"""Clicks on *Enroll* of many people in the same instant, placed together.

A group of clicks on one run is placed in one transaction, through ``place`` like everybody else: one lock and one
commit for many people. A group is of one process; groups of several meet at the run's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from lms.common.together import Together
from lms.enrollment.errors import SignInFirst
from lms.enrollment.queries import waiting_numbers
from lms.enrollment.services.places import Placed, place
from lms.people.models import Person
from lms.people.queries import is_session_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a click came to: ``code`` is the status of the place, or why there is none. ``number`` waits in line."""

    code: str
    enrollment_id: int | None = None
    arrival: int = 0
    arrived_at: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Click:
    """A signed-in person who clicks. ``session_hash`` is what her session holds of her password."""

    person_id: int
    session_hash: str


def click(run_id: int, person_id: int, session_hash: str) -> Outcome:
    """Place a signed-in person, together with whoever clicks now. Safe to repeat: the same place is given again.

    That she may still be who she was when she signed in is asked for the whole group at once.
    """
    return _line(run_id)(Click(person_id, session_hash))


@cache
def _line(run_id: int) -> Together[Click, Outcome]:
    """The clicks on one run that wait in this process."""
    return Together(partial(place_clicks, run_id))


def place_clicks(run_id: int, clicks: Sequence[Click]) -> list[Outcome]:
    """Place whoever clicked, in that order, in a fixed number of queries; what each click came to."""
    known = _still_signed_in(clicks)
    ids = [each.person_id for each in clicks if each in known]
    placed = place(run_id, ids) if ids else Placed()
    enrollments = {each.person_id: each for each in placed.enrollments}
    numbers = waiting_numbers(placed.kept) if placed.kept else {}

    def outcome(each: Click) -> Outcome:
        if each not in known:
            return Outcome(SignInFirst.code)
        if each.person_id in placed.refused:
            return Outcome(placed.refused[each.person_id])
        mine = enrollments[each.person_id]
        number = placed.numbers.get(each.person_id) or numbers.get(mine.pk, 0)
        return Outcome(mine.status, mine.pk, mine.arrival, mine.created_at, number)

    return [outcome(each) for each in clicks]


def _still_signed_in(clicks: Sequence[Click]) -> set[Click]:
    people = {
        each.pk: each
        for each in Person.objects.filter(pk__in=[each.person_id for each in clicks]).only("password", "is_active")
    }
    return {
        each for each in clicks if each.person_id in people and is_session_of(people[each.person_id], each.session_hash)
    }
