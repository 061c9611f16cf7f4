"""What enrolling a list would do, and what became of its rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from django.db import connection, transaction
from django.db.models import CharField, Count, Exists, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.common.batches import batches
from lms.enrollment.models import AudienceMember, Enrollment, ListedPlace, RunSeats, SeatReserve
from lms.enrollment.queries.audiences import outsiders
from lms.people.models import Person

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
    """What enrolling the list would do as things are now, run by run; no query more for more rows or reserves.

    Whom ``rows_elsewhere`` and ``rows_outside`` name is to be left out of the list before.
    """
    listed = ListedPlace.objects.filter(job=job_id).values("run_id").order_by("run_id").annotate(rows=Count("row"))
    rows = dict(listed.values_list("run_id", "rows"))
    kept = _with_place(job_id, list(rows))
    seatings = RunSeats.objects.in_bulk(list(rows))
    now = timezone.now()
    reserves = [
        reserve
        for reserve in SeatReserve.objects.filter(seating__in=seatings, released_at=None).order_by("pk")
        if reserve.free
    ]
    reserved = _from_reserves(job_id, [reserve for reserve in reserves if not reserve.is_due(now)])
    due: dict[int, int] = {}
    for reserve in reserves:
        if reserve.is_due(now):
            due[reserve.seating_id] = due.get(reserve.seating_id, 0) + reserve.free
    effects = []
    for run_id, asked in rows.items():
        fresh = asked - kept.get(run_id, 0)
        seating = seatings.get(run_id)
        left = seating.left if seating else 0
        if seating and left is not None and run_id in due:
            # Seats whose reserve is over go to those who wait before they go to the list.
            left += max(due[run_id] - seating.waiting, 0)
        own = reserved.get(run_id, 0)
        seated = fresh if left is None else own + min(fresh - own, left)
        effects.append(Effect(run_id, seated, fresh - seated, asked - fresh))
    return effects


def _with_place(job_id: int, run_ids: list[int]) -> dict[int, int]:
    """How many rows of the list name somebody who has a place in their run, by run."""
    # Of a new run, a million rows need not be asked one by one.
    begun = list(_begun().filter(pk__in=run_ids).values_list("pk", flat=True))
    live = Enrollment.objects.live().filter(person=OuterRef("person_id"), run=OuterRef("run_id"))
    listed = ListedPlace.objects.filter(Exists(live), job=job_id, run_id__in=begun)
    return dict(listed.values("run_id").order_by("run_id").annotate(rows=Count("row")).values_list("run_id", "rows"))


def _from_reserves(job_id: int, reserves: Sequence[SeatReserve]) -> dict[int, int]:
    """How many seats the list would take from these reserves, by run; one query.

    Whoever arrives takes a seat of the first reserve she belongs to that has one left. All ask them in the same order,
    so it comes to the same when each in turn gives its seats to the first of those who have none of an earlier one.
    """
    if not reserves:
        return {}
    turns = max(Counter(reserve.seating_id for reserve in reserves).values())
    listed, kept, members, places = _tables(ListedPlace, SeatReserve, AudienceMember, Enrollment)
    steps = []
    for turn in range(1, turns + 1):
        none_yet = "".join(
            f' AND NOT EXISTS (SELECT 1 FROM turn_{earlier} earlier WHERE earlier."row" = fresh."row")'
            for earlier in range(1, turn)
        )
        steps.append(
            f"""
            turn_{turn} AS (
                SELECT "row", run_id FROM (
                    SELECT fresh."row", fresh.run_id, offered.free,
                        ROW_NUMBER() OVER (PARTITION BY fresh.run_id ORDER BY fresh."row") AS number
                    FROM fresh
                    JOIN offered ON offered.run_id = fresh.run_id AND offered.turn = {turn}
                    JOIN {members} member
                        ON member.audience_id = offered.audience_id AND member.person_id = fresh.person_id
                    WHERE TRUE{none_yet}
                ) asked
                WHERE asked.number <= asked.free
            )"""
        )
    given = " UNION ALL ".join(f"SELECT run_id FROM turn_{turn}" for turn in range(1, turns + 1))
    ids = ", ".join(["%s"] * len(reserves))
    # Who has a place is asked person by person: see ``services.mass``.
    statement = f"""
        WITH offered AS (
            SELECT seating_id AS run_id, audience_id, seats - taken AS free,
                ROW_NUMBER() OVER (PARTITION BY seating_id ORDER BY id) AS turn
            FROM {kept} WHERE id IN ({ids})
        ),
        fresh AS (
            SELECT listed."row", listed.run_id, listed.person_id FROM {listed} listed
            WHERE listed.job_id = %s AND listed.run_id IN (SELECT run_id FROM offered)
                AND COALESCE((
                    SELECT 1 FROM {places} live WHERE live.person_id = listed.person_id
                    AND live.run_id = listed.run_id AND live.status <> 'withdrawn'
                ), 0) <> 1
        ),{",".join(steps)}
        SELECT run_id, COUNT(*) FROM ({given}) given GROUP BY run_id
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(reserve.pk for reserve in reserves), job_id])
        return dict(cursor.fetchall())


def _tables(*models: type[Model]) -> list[str]:
    return [connection.ops.quote_name(model._meta.db_table) for model in models]


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
    listed = listed.filter(run_id=run_id) if run_id else listed.filter(run_id__in=_beside_begun(job_id))
    return list(listed.values_list("row", flat=True))


def _beside_begun(job_id: int) -> list[int]:
    """Runs of the list beside which somebody has a place in another of the period: of the rest nobody need be asked."""
    others = _begun().filter(period=OuterRef("period")).exclude(pk=OuterRef("pk"))
    return list(RunSeats.objects.filter(Exists(others), pk__in=_runs_of(job_id)).values_list("pk", flat=True))


def _begun() -> QuerySet[RunSeats]:
    """The runs in which anybody has a place."""
    return RunSeats.objects.filter(Exists(Enrollment.objects.live().filter(run=OuterRef("pk"))))


def _runs_of(job_id: int) -> list[int]:
    return list(ListedPlace.objects.filter(job=job_id).values_list("run_id", flat=True).distinct().order_by())


def rows_outside(job_id: int) -> list[int]:
    """Rows that name somebody whom the run, or its period, is not for; no look at runs that are for everybody."""
    found: list[int] = []
    for seating in RunSeats.objects.filter(run__in=_runs_of(job_id)).select_related("period"):
        if not seating.audience_ids:
            continue
        rows = ListedPlace.objects.filter(job=job_id, run_id=seating.pk).order_by("row")
        for part in batches(rows.values_list("row", "person_id").iterator(), PEOPLE_AT_ONCE):
            strangers = outsiders(seating, [person_id for _row, person_id in part])
            found += [row for row, person_id in part if person_id in strangers]
    return found


def repeated_rows(job_id: int) -> dict[int, int]:
    """Rows of the list that name somebody whom an earlier row names for the same period, each with that row."""
    (listed,) = _tables(ListedPlace)
    # Grouped, not numbered in a window: that would sort a million rows to find a handful.
    statement = f"""
        WITH named AS MATERIALIZED (
            SELECT period_id, person_id, MIN("row") AS first FROM {listed}
            WHERE job_id = %s GROUP BY period_id, person_id HAVING COUNT(*) > 1
        )
        SELECT listed."row", named.first FROM {listed} listed
        JOIN named ON named.period_id = listed.period_id AND named.person_id = listed.person_id
        WHERE listed.job_id = %s AND listed."row" > named.first
        ORDER BY listed."row"
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statement, [job_id, job_id])
        return dict(cursor.fetchall())


def became(job_id: int, rows: tuple[int, int]) -> dict[int, tuple[str, int]]:
    """The places that people of these rows have now, by row: status and arrival number; one query."""
    place = Enrollment.objects.live().filter(person=OuterRef("person_id"), run=OuterRef("run_id"))
    # Both in one look at the place: it is a look for each of a million rows.
    found = Concat("status", Value(" "), Cast("arrival", CharField()), output_field=CharField())
    listed = ListedPlace.objects.filter(job=job_id, row__range=rows).annotate(place=Subquery(place.values_list(found)))
    pairs = ((row, text.split(" ")) for row, text in listed.values_list("row", "place") if text)
    return {row: (status, int(arrival)) for row, (status, arrival) in pairs}


def became_in_order(
    job_id: int, rows: tuple[int, int], arrivals: Mapping[int, tuple[int, int]], last_seats: Mapping[int, int]
) -> dict[int, tuple[str, int]]:
    """The same of rows that have just arrived one after the other, all of them, with no look at the places.

    Who has moved up or withdrawn since is told of as she was when she arrived.
    """
    seated, waiting = str(Enrollment.Status.SEATED), str(Enrollment.Status.WAITING)
    numbers = {run_id: count(first) for run_id, (first, _last) in arrivals.items()}
    listed = ListedPlace.objects.filter(job=job_id, row__range=rows).order_by("row")
    places = {}
    for row, run_id in listed.values_list("row", "run_id"):
        arrival = next(numbers[run_id])
        places[row] = (seated if arrival <= last_seats[run_id] else waiting, arrival)
    return places


def runs_to_list(person: Person) -> "list[CourseRun]":
    """Runs to enroll a list in, the next to start first, with course and seats at hand."""
    return list(
        CourseRun.objects.visible_to(person)
        .filter(is_cancelled=False, ends_at__gt=timezone.now(), seating__isnull=False)
        .select_related("course", "seating__period")
        .order_by(F("starts_at"), "pk")
    )
