"""Runs that do not take place: nobody gets in any more, places end, and everybody is told."""

from collections.abc import Collection
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment.events import Withdrawn
from lms.enrollment.models import Enrollment, RunSeats
from lms.enrollment.queries import places_to_end
from lms.enrollment.services import seats as seat_path
from lms.enrollment.services.messages import CANCELLED, tell_instructors_of_cancellation
from lms.events.services import announce
from lms.notifications.services import notify
from lms.people.models import Person

AT_ONCE = 5_000
"""Places that end in one transaction."""


@transaction.atomic
def cancel_runs(run_ids: Collection[int], *, reason: str, by: Person) -> list[int]:
    """Let nobody into these runs any more, and tell their instructors why. Returns those not cancelled before.

    Places end afterwards, with ``end_places``: there may be tens of thousands. Safe to repeat.
    """
    fresh = []
    now = timezone.now()
    for run_id in sorted(run_ids):
        seating = seat_path.lock(run_id)
        if seating.run.is_cancelled:
            continue
        CourseRun.objects.filter(pk=run_id).update(is_cancelled=True)
        RunSeats.objects.filter(pk=run_id).update(cancelled_at=now, cancel_reason=reason)
        record("enrollment.cancel_run", [seating.run], by=by, reason=reason)
        tell_instructors_of_cancellation(run_id, reason)
        fresh.append(run_id)
    return fresh


@transaction.atomic
def end_places(run_id: int, *, by: Person, limit: int = AT_ONCE) -> int:
    """End up to ``limit`` places of a cancelled run and tell whose they were; 0 when none is left.

    A fixed number of statements for two people or thousands. A completed place stays: a certificate stands on it.
    Safe to repeat, and to go on with after a crash: a place ends in the transaction in which its person is told.
    """
    seating = seat_path.lock(run_id)
    # Progress locks the same rows when a course is completed: who has finished by now is left out below.
    chosen = list(places_to_end([run_id]).order_by("pk").values_list("pk", flat=True)[:limit])
    list(Enrollment.objects.filter(pk__in=chosen).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = places_to_end([run_id]).filter(pk__in=chosen).order_by("status").values_list("status", "pk", "person_id")
    people: list[int] = []
    ids: list[int] = []
    by_status: dict[str, int] = {}
    for status, some in groupby(rows, key=lambda row: row[0]):
        found = list(some)
        by_status[status] = len(found)
        ids += [pk for _status, pk, _person in found]
        people += [person_id for _status, _pk, person_id in found]
    if not ids:
        return len(chosen)
    Enrollment.objects.filter(pk__in=ids).update(
        status=Enrollment.Status.WITHDRAWN, withdrawn_at=timezone.now(), is_cancelled=True
    )
    waiting = by_status.get(Enrollment.Status.WAITING, 0)
    seat_path.vacate(seating, seats=len(ids) - waiting, waiting=waiting)
    record("enrollment.end_places", [seating.run], by=by, people=len(ids))
    announce(Withdrawn(run_id=run_id, enrollment_ids=ids, by_id=by.pk))
    course = seating.run.course
    values = {"course": course.title, "run": seating.run.title, "reason": seating.cancel_reason}
    notify(people, CANCELLED, values, key=f"run:{run_id}", url=reverse("enrollment:run", args=[run_id]))
    return len(chosen)
