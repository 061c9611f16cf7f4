"""What enrolling a list would do, and what became of its rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.common.batches import batches
from lms.enrollment.models import Enrollment, ListedPlace, RunSeats
from lms.enrollment.queries.audiences import outsiders
from lms.people.models import Identifier, Person

PEOPLE_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What a list would do in one run: how many get a seat, wait, or have a place already."""

    run_id: int
    seated: int
    waiting: int
    kept: int


def offered_runs(person: Person) -> dict[int, int]:
    """The runs that somebody can be enrolled in now: their periods, by run."""
    runs = CourseRun.objects.visible_to(person).filter(is_cancelled=False, ends_at__gt=timezone.now())
    return dict(RunSeats.objects.filter(run__in=runs).values_list("run_id", "period_id"))


def effects_of_list(job_id: int) -> list[Effect]:
    """What enrolling the list would do as things are now, run by run.

    Whom ``rows_elsewhere`` and ``rows_outside`` name is to be left out of the list before.
    """
    live = Enrollment.objects.live().filter(person=OuterRef("person_id"), run=OuterRef("run_id"))
    counted = (
        ListedPlace.objects.filter(job=job_id)
        .annotate(has_place=Exists(live))
        .values("run_id")
        .annotate(
            kept=Count("pk", filter=Q(has_place=True)),
            fresh=Count("pk", filter=Q(has_place=False)),
        )
        .order_by("run_id")
    )
    rows = list(counted)
    seatings = RunSeats.objects.in_bulk([row["run_id"] for row in rows])
    effects = []
    for row in rows:
        seating = seatings.get(row["run_id"])
        left = seating.left if seating else 0
        seated = row["fresh"] if left is None else min(row["fresh"], left)
        effects.append(Effect(row["run_id"], seated, row["fresh"] - seated, row["kept"]))
    return effects


def rows_elsewhere(job_id: int, *, rows: tuple[int, int] | None = None, run_id: int | None = None) -> list[int]:
    """Rows of the list (of this stretch, for this run) that name somebody with a place in another run of the period."""
    other = (
        Enrollment.objects.live()
        .filter(person=OuterRef("person_id"), period=OuterRef("period_id"))
        .exclude(run=OuterRef("run_id"))
    )
    listed = ListedPlace.objects.filter(Exists(other), job=job_id).order_by("row")
    if rows:
        listed = listed.filter(row__range=rows)
    if run_id:
        listed = listed.filter(run_id=run_id)
    return list(listed.values_list("row", flat=True))


def rows_outside(job_id: int) -> list[int]:
    """Rows that name somebody whom the run, or its period, is not for; no look at runs that are for everybody."""
    found: list[int] = []
    run_ids = ListedPlace.objects.filter(job=job_id).values_list("run_id", flat=True).distinct().order_by()
    for seating in RunSeats.objects.filter(run__in=list(run_ids)).select_related("period"):
        if not seating.audience_ids:
            continue
        rows = ListedPlace.objects.filter(job=job_id, run_id=seating.pk).order_by("row")
        for part in batches(rows.values_list("row", "person_id").iterator(), PEOPLE_AT_ONCE):
            strangers = outsiders(seating, [person_id for _row, person_id in part])
            found += [row for row, person_id in part if person_id in strangers]
    return found


def first_rows(job_id: int, digests: Collection[str], emails: Collection[str]) -> Mapping[str, int]:
    """The row in which a list already names the holder of a number (by digest) or of an address."""
    holders = Identifier.objects.holding().filter(digest__in=digests).values_list("digest", "person_id")
    addressed = Person.objects.filter(email__in=emails).values_list("email", "pk")
    people = {**dict(holders), **dict(addressed)}
    rows = dict(
        ListedPlace.objects.filter(job=job_id, person_id__in=people.values())
        .order_by("-row")
        .values_list("person_id", "row")
    )
    return {name: rows[person_id] for name, person_id in people.items() if person_id in rows}


class Became(NamedTuple):
    """What became of one row: the enrollment's status, its arrival number, and its run."""

    status: str
    arrival: int
    run_id: int


def became(job_id: int, rows: tuple[int, int]) -> dict[int, Became]:
    """The places that people of these rows have now, by row; one query."""
    place = Enrollment.objects.live().filter(person=OuterRef("person_id"), run=OuterRef("run_id"))
    found = (
        ListedPlace.objects.filter(job=job_id, row__range=rows)
        .annotate(status=Subquery(place.values("status")), arrival=Subquery(place.values("arrival")))
        .values_list("row", "status", "arrival", "run_id")
    )
    return {row: Became(status, arrival, run_id) for row, status, arrival, run_id in found if status}


def runs_to_list(person: Person) -> "list[CourseRun]":
    """Runs to enroll a list in, the next to start first, with course and seats at hand."""
    return list(
        CourseRun.objects.visible_to(person)
        .filter(is_cancelled=False, ends_at__gt=timezone.now(), seating__isnull=False)
        .select_related("course", "seating__period")
        .order_by(F("starts_at"), "pk")
    )
