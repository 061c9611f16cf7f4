"""Places for whole lists of people: what ``places`` does for a few, in statements over a staging table.

The promises are those of ``place``: the run's row is locked first, arrivals are numbered in the order of the list
without a gap, seats go out in that order, and a person has one run in a period. The rows do not pass Python.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.common.batches import batches
from lms.enrollment import rules
from lms.enrollment.errors import OneRunPerPeriod
from lms.enrollment.events import Enrolled, Waitlisted
from lms.enrollment.models import Enrollment, EnrollmentPeriod, ListedPlace, RunSeats
from lms.enrollment.queries import facts_of, rows_elsewhere
from lms.enrollment.services import seats as seat_path
from lms.enrollment.services.places import again_when_raced, place, withdraw_many
from lms.events.services import announce
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, Person

PEOPLE_AT_ONCE = 2_000
"""People whom ``place`` is asked about, and who are withdrawn, in one call."""

Listed = tuple[int, int, int, str, str]
"""Row, run, period, digest of a number, e-mail: what a row names."""


@dataclass(slots=True)
class Staging:
    """Rows of a list as the database takes them, which is a third of their size as tuples. Any thread may make it."""

    parts: list[Any] = field(default_factory=list)
    first: int = 0
    last: int = 0
    rows: int = 0
    has_numbers: bool = False
    has_emails: bool = False

    def add(self, listed: Sequence[Listed]) -> None:
        """Put these rows behind those that are in it."""
        if not listed:
            return
        self.parts.append("".join(map(_copied, listed)) if connection.vendor == "postgresql" else listed)
        self.first, self.last = self.first or listed[0][0], listed[-1][0]
        self.rows += len(listed)
        self.has_numbers = self.has_numbers or any(row[3] for row in listed)
        self.has_emails = self.has_emails or any(row[4] for row in listed)


@transaction.atomic
def keep_listed(job_id: int, listed: Staging, branch: Sequence[int] | None) -> list[int]:
    """Keep the rows that name a member of the branches below these units; returns the numbers of the other rows.

    ``branch`` of ``None`` is everybody. Safe to repeat: rows kept before are left as they are.
    """
    if not listed.rows:
        return []
    numbers, places, people, kept = _tables(Identifier, Membership, Person, ListedPlace)
    below, roots = "", list[Any]()
    if branch is not None:
        named = ", ".join(["%s"] * len(branch)) or "NULL"
        below = (
            f" AND member.unit_id IN (SELECT unit_id FROM {_table(Ancestry)} WHERE ends_on IS NULL"
            f" AND ancestor_id IN ({named}))"
        )
        roots = list(branch)
    today = timezone.localdate()
    keep = f"""
        INSERT INTO {kept} (job_id, "row", run_id, period_id, person_id)
        SELECT CAST(%s AS bigint), listed."row", listed.run_id, listed.period_id, member.person_id
        FROM {{staged}} listed
        {{named}}
        JOIN {places} member ON member.person_id = named.id AND member.ends_on IS NULL{below}
        WHERE TRUE
        ORDER BY listed."row"
        ON CONFLICT DO NOTHING
    """
    by_number = (
        f"JOIN (SELECT digest, person_id AS id FROM {numbers} WHERE starts_on <= %s"
        " AND (ends_on IS NULL OR ends_on >= %s)) named ON named.digest = listed.digest"
    )
    by_email = f"JOIN {people} named ON listed.email <> '' AND named.email = listed.email"
    with _staged(listed) as staged, connection.cursor() as cursor:
        if listed.has_numbers:
            cursor.execute(keep.format(staged=staged, named=by_number), [job_id, today, today, *roots])
        if listed.has_emails:
            cursor.execute(keep.format(staged=staged, named=by_email), [job_id, *roots])
        cursor.execute(
            f"""
            SELECT listed."row" FROM {staged} listed
            LEFT JOIN {kept} kept ON kept.job_id = %s AND kept."row" = listed."row" AND kept."row" BETWEEN %s AND %s
            WHERE kept."row" IS NULL
            ORDER BY listed."row"
            """,
            [job_id, listed.first, listed.last],
        )
        return [row for (row,) in cursor.fetchall()]


@contextmanager
def _staged(listed: Staging) -> Iterator[str]:
    """A table of this connection with the rows, gone with the transaction or at the end of the block."""
    columns = '("row" integer, run_id bigint, period_id bigint, digest varchar(64), email varchar(254))'
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE listed_rows {columns}")
        if connection.vendor == "postgresql":
            with cursor.cursor.copy("COPY listed_rows FROM STDIN") as copy:
                for part in listed.parts:
                    copy.write(part)
            # Without figures the planner would read a million numbers for every batch. With little memory it would
            # write the numbers of the whole ministry to disk to find those of the batch.
            cursor.execute("ANALYZE listed_rows")
            cursor.execute("SET LOCAL work_mem = '64MB'")
        else:
            cursor.executemany("INSERT INTO listed_rows VALUES (%s, %s, %s, %s, %s)", list(chain(*listed.parts)))
    yield "listed_rows"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE listed_rows")


def _copied(listed: Listed) -> str:
    """A row in the text format of COPY. Of what cells can hold once they are clean, it only reads a backslash anew."""
    row, run_id, period_id, digest, email = listed
    if "\\" in email:
        email = email.replace("\\", "\\\\")
    return f"{row}\t{run_id}\t{period_id}\t{digest}\t{email}\n"


def measure_listed() -> None:
    """Tell the planner what was just read: with the figures of an empty table it would search it row by row."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {_table(ListedPlace)}")


def drop_listed(job_id: int, rows: Sequence[int]) -> None:
    """Leave these rows of the list out."""
    for part in batches(rows, 10_000):
        ListedPlace.objects.filter(job=job_id, row__in=part).delete()


def forget_listed(job_id: int) -> None:
    """Drop what was read for a job."""
    ListedPlace.objects.filter(job=job_id)._raw_delete(connection.alias)


@dataclass(slots=True)
class ListedResult:
    """What became of a stretch of a list: counts by word, the code of each refusal by row, and the arrivals by run.

    ``is_in_order`` says that each row got a place in the order of the list, seats before waiting numbers;
    ``last_seats`` are then, by run, the last arrivals with a seat.
    """

    seated: int = 0
    waiting: int = 0
    kept: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    arrivals: dict[int, tuple[int, int]] = field(default_factory=dict)
    last_seats: dict[int, int] = field(default_factory=dict)
    is_in_order: bool = True


def place_listed(job_id: int, rows: tuple[int, int], *, by: Person) -> ListedResult:
    """Enroll the people of the list's rows ``first..last``, in the order of the list, run after run.

    Safe to repeat: whoever has a place keeps it. Whoever has one in another run of the period is refused.
    """
    return again_when_raced(lambda: _place_listed(job_id, rows, by))


@transaction.atomic
def _place_listed(job_id: int, rows: tuple[int, int], by: Person) -> ListedResult:
    result = ListedResult()
    of_rows = ListedPlace.objects.filter(job=job_id, row__range=rows)
    # In the order of their ids: two lists for the same runs follow each other instead of waiting in a circle.
    for run_id, asked in of_rows.values_list("run_id").annotate(Count("row")).order_by("run_id"):
        _place_in_run(job_id, rows, run_id, asked, by, result)
    return result


def _place_in_run(
    job_id: int, rows: tuple[int, int], run_id: int, asked: int, by: Person, result: ListedResult
) -> None:
    seating = seat_path.lock(run_id)
    now = max(timezone.now(), seating.arrived_at or timezone.now())
    first = seating.arrivals + 1
    closed = rules.refusal_of_run(facts_of(seating.run, seating), now)
    if closed or seating.held or seating.audience_ids:
        # Reserved shares, audiences and refusals are decided person by person.
        seated, waiting = _place_by_name(job_id, rows, run_id, by, result)
        result.is_in_order = False
    else:
        seated, waiting = _insert(job_id, rows, seating, now)
        if asked > len(seated) + len(waiting):
            others = rows_elsewhere(job_id, rows=rows, run_id=run_id)
            result.refused.update(dict.fromkeys(others, OneRunPerPeriod.code))
            result.kept += asked - len(seated) - len(waiting) - len(others)
            result.is_in_order = False
        if seated:
            announce(Enrolled(run_id=run_id, enrollment_ids=seated, by_id=by.pk))
        if waiting:
            announce(Waitlisted(run_id=run_id, enrollment_ids=waiting))
        if seated or waiting:
            record("enrollment.enroll_list", [seating], by=by, job=job_id, people=len(seated) + len(waiting))
    result.seated += len(seated)
    result.waiting += len(waiting)
    if seated or waiting:
        result.arrivals[run_id] = (first, first + len(seated) + len(waiting) - 1)
        result.last_seats[run_id] = first + len(seated) - 1


def _insert(job_id: int, rows: tuple[int, int], seating: RunSeats, now: Any) -> tuple[list[int], list[int]]:
    """Write the places of a locked run; returns those with a seat and those who wait, in the order of arrival."""
    enrollments, listed, places = _tables(Enrollment, ListedPlace, Membership)
    left = seating.left
    seats = 2_000_000_000 if left is None else left
    # A scalar question, asked person by person through the index of who is in a period. As a join it is planned from
    # figures in which a new period has nobody: everybody who has arrived would be compared with everybody who asks.
    # Nor does it ask ``IS NULL``, which is planned as if hardly anybody came through: the memberships of all would be
    # read again for each who does.
    statement = f"""
        INSERT INTO {enrollments}
            (person_id, run_id, period_id, unit_id, employment_type, status, arrival, created_at, seated_at)
        SELECT arrived.person_id, CAST(%s AS bigint), CAST(%s AS bigint), member.unit_id,
            COALESCE(member.employment_type, ''),
            CASE WHEN arrived.number <= %s THEN 'seated' ELSE 'waiting' END,
            %s + arrived.number, CAST(%s AS {_moment()}),
            CASE WHEN arrived.number <= %s THEN CAST(%s AS {_moment()}) END
        FROM (
            SELECT listed.person_id, ROW_NUMBER() OVER (ORDER BY listed."row") AS number
            FROM {listed} listed
            WHERE listed.job_id = %s AND listed."row" BETWEEN %s AND %s AND listed.run_id = %s
                AND COALESCE((
                    SELECT 1 FROM {enrollments} live WHERE live.person_id = listed.person_id
                    AND live.period_id = %s AND live.status <> 'withdrawn'
                ), 0) <> 1
        ) arrived
        LEFT JOIN {places} member ON member.person_id = arrived.person_id AND member.ends_on IS NULL
        ORDER BY arrived.person_id
        RETURNING id, arrival, person_id, unit_id
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    values = [seating.pk, seating.period_id, seats, seating.arrivals, moment, seats, moment]
    values += [job_id, *rows, seating.pk, seating.period_id]
    added = _written(statement, values, seating)
    seated, waiting = added[:seats], added[seats:]
    seat_path.count(
        seating, taken=[seat_path.OPEN] * len(seated), waiting=len(waiting), arrivals=len(added), arrived_at=now
    )
    return seated, waiting


def _written(statement: str, values: list[Any], seating: RunSeats) -> list[int]:
    """Execute the insert; returns the new enrollments in the order of arrival.

    PostgreSQL looks up and locks what each key of each row names, one by one, which is more than half of the work.
    Where our role may leave that to us, the statement itself locks them all, and finds whether one is missing.
    """
    with connection.cursor() as cursor:
        if not _may_hold_keys(cursor):
            cursor.execute(statement, values)
            return [pk for _arrival, pk in sorted((arrival, pk) for pk, arrival, *_keys in cursor.fetchall())]
        people, units, runs, periods = _tables(Person, OrgUnit, CourseRun, EnrollmentPeriod)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"""
            WITH placed AS ({statement}),
            people AS (SELECT id FROM {people} WHERE id IN (SELECT person_id FROM placed) FOR KEY SHARE),
            units AS (SELECT id FROM {units} WHERE id IN (SELECT unit_id FROM placed) FOR KEY SHARE),
            run AS (SELECT id FROM {runs} WHERE id = %s FOR KEY SHARE),
            period AS (SELECT id FROM {periods} WHERE id = %s FOR KEY SHARE)
            SELECT COALESCE(ARRAY_AGG(id ORDER BY arrival), '{{}}'),
                COUNT(*) = (SELECT COUNT(*) FROM people)
                AND COUNT(DISTINCT unit_id) = (SELECT COUNT(*) FROM units)
                AND (SELECT COUNT(*) FROM run) = 1 AND (SELECT COUNT(*) FROM period) = 1
            FROM placed
            """,
            [*values, seating.pk, seating.period_id],
        )
        added, is_whole = cursor.fetchone()
        cursor.execute("SET LOCAL session_replication_role = origin")
    if not is_whole:
        raise IntegrityError("a person, unit, run or period was deleted meanwhile")
    return list(added)


def _may_hold_keys(cursor: Any) -> bool:
    """Whether our role may keep PostgreSQL, from 15 on, from checking keys row by row (``docs/settings.md``)."""
    if getattr(connection, "pg_version", 0) < 150_000:
        return False
    cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
    return bool(cursor.fetchone()[0])


def _place_by_name(
    job_id: int, rows: tuple[int, int], run_id: int, by: Person, result: ListedResult
) -> tuple[list[int], list[int]]:
    people = ListedPlace.objects.filter(job=job_id, row__range=rows, run_id=run_id).order_by("row")
    seated: list[int] = []
    waiting: list[int] = []
    for part in batches(people.values_list("person_id", "row"), PEOPLE_AT_ONCE):
        row_of = dict(part)
        placed = place(run_id, list(row_of), by=by, is_assignment=True)
        result.kept += len(placed.kept)
        result.refused.update({row_of[person_id]: code for person_id, code in placed.refused.items()})
        for each in placed.fresh:
            (seated if each.status == Enrollment.Status.SEATED else waiting).append(each.pk)
    return seated, waiting


@transaction.atomic
def take_back_listed(arrivals: Mapping[int, tuple[int, int]], *, by: Person) -> int:
    """Withdraw those who arrived under these numbers and have not begun to learn; returns how many stay."""
    staying = 0
    for run_id, (first, last) in sorted(arrivals.items()):
        live = Enrollment.objects.live().filter(run_id=run_id, arrival__range=(first, last))
        staying += live.exclude(progress=None).count()
        ids = live.filter(progress=None).order_by("pk").values_list("pk", flat=True)
        for part in batches(list(ids), PEOPLE_AT_ONCE):
            withdraw_many(run_id, list(part), by=by)
    return staying


def rows_of_list(job_id: int) -> tuple[int, int] | None:
    """The first and the last row that were kept for a job."""
    span = ListedPlace.objects.filter(job=job_id).aggregate(first=Min("row"), last=Max("row"))
    return None if span["first"] is None else (span["first"], span["last"])


def _table(model: type[Any]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _tables(*models: type[Any]) -> list[str]:
    return [_table(model) for model in models]


def _moment() -> str:
    return "timestamp with time zone" if connection.vendor == "postgresql" else "text"
