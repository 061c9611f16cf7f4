"""Writing a made-up ministry into an empty database, fast."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils import timezone

from lms.audit.services import record
from lms.people import vault
from lms.people.errors import MinistryExists
from lms.people.ministry import PlannedPerson, PlannedUnit, plan_people, plan_units
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, OrgUnitVersion, Person

FOUNDED_ON = date(2010, 1, 1)
BATCH = 10_000
UNIT_COLUMNS = ["id", "code", "name", "unit_type", "parent_id", "province_code", "time_zone", "is_remote", "opened_on"]
PERSON_COLUMNS = ["id", "password", "is_superuser", "email", "full_name", "title_prefix", "title_suffix"]
PERSON_COLUMNS += ["birth_on", "sex", "language", "time_zone", "is_active", "created_at"]


@transaction.atomic
def make_ministry(
    count: int,
    *,
    seed: int = 1,
    provinces: Collection[str] = (),
    password: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write the units and ``count`` people; return how many units there are. All or nothing.

    Refused when there are units already. ``progress`` hears how many people are written. ``password`` is hashed once
    and given to all: for tests and demonstrations only.
    """
    if OrgUnit.objects.exists():
        raise MinistryExists
    plan = plan_units(provinces)
    first = _reserve(OrgUnit, len(plan))
    _write_units(plan, first)
    today = timezone.localdate()
    person_id = _reserve(Person, count)
    shared, now = make_password(password), timezone.now()
    people = plan_people(plan, count, seed, today)
    while batch := list(islice(people, BATCH)):
        _write_people(list(enumerate(batch, start=person_id)), first, shared, now)
        person_id += len(batch)
        progress(len(batch))
    record("people.make_ministry", [OrgUnit.objects.get(pk=first)], by=None, people=count, units=len(plan), seed=seed)
    return len(plan)


def _write_units(plan: Sequence[PlannedUnit], first: int) -> None:
    def parent(unit: PlannedUnit) -> int | None:
        return None if unit.parent is None else first + unit.parent

    _load(
        OrgUnit,
        UNIT_COLUMNS,
        (
            (
                first + place,
                unit.code,
                unit.name,
                unit.unit_type,
                parent(unit),
                unit.province_code,
                unit.time_zone,
                unit.is_remote,
                FOUNDED_ON,
            )
            for place, unit in enumerate(plan)
        ),
    )
    _load(
        OrgUnitVersion,
        ["unit_id", "name", "parent_id", "starts_on"],
        ((first + place, unit.name, parent(unit), FOUNDED_ON) for place, unit in enumerate(plan)),
    )

    def links() -> Iterator[tuple[int, int, int, date]]:
        for place in range(len(plan)):
            above: int | None = place
            depth = 0
            while above is not None:
                yield first + above, first + place, depth, FOUNDED_ON
                above, depth = plan[above].parent, depth + 1

    _load(Ancestry, ["ancestor_id", "unit_id", "depth", "starts_on"], links())


def _write_people(people: list[tuple[int, PlannedPerson]], first_unit: int, password: str, now: Any) -> None:
    _load(
        Person,
        PERSON_COLUMNS,
        (
            (
                pk,
                password,
                False,
                person.email,
                person.full_name,
                person.title_prefix,
                person.title_suffix,
                person.birth_on,
                person.sex,
                "id",
                person.time_zone,
                True,
                now,
            )
            for pk, person in people
        ),
    )
    _load(
        Identifier,
        ["person_id", "kind", "digest", "value", "starts_on"],
        (
            (pk, person.identifier_kind, vault.digest(person.number), _kept(person), person.starts_on)
            for pk, person in people
        ),
    )
    _load(
        Membership,
        ["person_id", "unit_id", "employment_type", "position", "grade", "starts_on"],
        (
            (
                pk,
                first_unit + person.unit,
                person.employment_type,
                person.position,
                person.grade,
                max(person.starts_on, FOUNDED_ON),
            )
            for pk, person in people
        ),
    )


def _kept(person: PlannedPerson) -> str:
    is_secret = Identifier.Kind(person.identifier_kind).is_secret
    return vault.seal(person.number) if is_secret else person.number


def _reserve(model: type[models.Model], count: int) -> int:
    """The first of ``count`` ids that nobody else will be given."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count])
            return first
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    return int(last) + 1


def _load(model: type[models.Model], columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write rows without making objects: COPY where there is COPY."""
    table, names = connection.ops.quote_name(model._meta.db_table), ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            marks = ", ".join(["%s"] * len(columns))
            adapted = [
                [connection.ops.adapt_datefield_value(value) if type(value) is date else value for value in line]
                for line in lines
            ]
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", adapted)  # noqa: S608
