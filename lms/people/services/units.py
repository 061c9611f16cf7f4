"""The tree of units: opened, renamed and moved, with its history."""

from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from lms.audit.services import record
from lms.people.errors import ChangeBeforeHistory, ChangeInFuture, UnitCodeTaken, UnitInOwnBranch
from lms.people.models import Ancestry, OrgUnit, OrgUnitVersion, Person

DAY = timedelta(days=1)


@transaction.atomic
def create_unit(
    code: str,
    name: str,
    unit_type: str,
    parent: OrgUnit | None,
    opened_on: date,
    *,
    province_code: str = "",
    time_zone: str = "",
    is_remote: bool = False,
    by: Person | None = None,
) -> OrgUnit:
    """Open a unit below ``parent``; province and time zone are the parent's unless told."""
    _not_in_future(opened_on)
    _lock_tree()
    try:
        with transaction.atomic():
            unit: OrgUnit = OrgUnit.objects.create(
                code=code,
                name=name,
                unit_type=unit_type,
                parent=parent,
                province_code=province_code or (parent.province_code if parent else ""),
                time_zone=time_zone or (parent.time_zone if parent else "Asia/Jakarta"),
                is_remote=is_remote,
                opened_on=opened_on,
            )
    except IntegrityError as error:
        raise UnitCodeTaken from error
    OrgUnitVersion.objects.create(unit=unit, name=name, parent=parent, starts_on=opened_on)
    rows = [Ancestry(ancestor=unit, unit=unit, depth=0, starts_on=opened_on)]
    if parent:
        # Also where the parent stood before: a unit written down late was below those then.
        rows += [
            Ancestry(
                ancestor_id=above.ancestor_id,
                unit=unit,
                depth=above.depth + 1,
                starts_on=max(opened_on, above.starts_on),
                ends_on=above.ends_on,
            )
            for above in Ancestry.objects.filter(Q(ends_on=None) | Q(ends_on__gte=opened_on), unit=parent)
        ]
    Ancestry.objects.bulk_create(rows)
    record("people.create_unit", [unit], by=by, code=code, parent=parent.pk if parent else None)
    return unit


@transaction.atomic
def rename_unit(unit: OrgUnit, name: str, on: date, *, by: Person | None = None) -> OrgUnit:
    """Call the unit by a new name from a day on; the old name stays in its history."""
    _not_in_future(on)
    _lock_tree()
    unit.refresh_from_db()
    if unit.name == name:
        return unit
    before = unit.name
    _new_version(unit, on, name=name, parent_id=unit.parent_id)
    unit.name = name
    unit.save(update_fields=["name"])
    record("people.rename_unit", [unit], by=by, before=before, after=name, on=on.isoformat())
    return unit


@transaction.atomic
def move_unit(unit: OrgUnit, parent: OrgUnit, on: date, by: Person | None = None) -> OrgUnit:
    """Put the unit, with all that stands below it, under another parent from a day on.

    The number of statements is the same for one unit and for a whole province. Days before ``on`` keep the old tree.
    """
    _not_in_future(on)
    _lock_tree()
    unit.refresh_from_db()
    if unit.parent_id == parent.pk:
        return unit
    if Ancestry.objects.filter(ancestor=unit, unit=parent, ends_on=None).exists():
        raise UnitInOwnBranch
    _no_later_change(unit, parent, on)

    before = unit.parent_id
    below = Ancestry.objects.filter(ancestor=unit, ends_on=None)
    above = Ancestry.objects.filter(unit=unit, ends_on=None, depth__gt=0)
    links = Ancestry.objects.filter(ends_on=None, unit__in=below.values("unit"), ancestor__in=above.values("ancestor"))
    _end(links, on)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO people_ancestry (ancestor_id, unit_id, depth, starts_on, ends_on)
            SELECT above.ancestor_id, below.unit_id, above.depth + below.depth + 1, %s, NULL
            FROM people_ancestry above CROSS JOIN people_ancestry below
            WHERE above.unit_id = %s AND above.ends_on IS NULL AND below.ancestor_id = %s AND below.ends_on IS NULL
            """,
            [on, parent.pk, unit.pk],
        )
    _new_version(unit, on, name=unit.name, parent_id=parent.pk)
    unit.parent = parent
    unit.save(update_fields=["parent"])
    record("people.move_unit", [unit], by=by, before=before, after=parent.pk, on=on.isoformat())
    return unit


def _lock_tree() -> None:
    """Let one change of the tree happen at a time: two moves that cross could otherwise close a circle.

    The tops of the tree are locked, in a way that does not hold up people joining units. SQLite has one writer anyway.
    """
    tops = OrgUnit.objects.filter(parent=None).order_by("pk")
    list(tops.select_for_update(no_key=True).values_list("pk", flat=True))


def _not_in_future(on: date) -> None:
    if on > timezone.localdate():
        raise ChangeInFuture


def _new_version(unit: OrgUnit, on: date, *, name: str, parent_id: int | None) -> None:
    current = OrgUnitVersion.objects.get(unit=unit, ends_on=None)
    if current.starts_on > on:
        raise ChangeBeforeHistory(current.starts_on)
    if current.starts_on == on:
        current.name, current.parent_id = name, parent_id
        current.save(update_fields=["name", "parent"])
        return
    current.ends_on = on - DAY
    current.save(update_fields=["ends_on"])
    OrgUnitVersion.objects.create(unit=unit, name=name, parent_id=parent_id, starts_on=on)


def _no_later_change(unit: OrgUnit, parent: OrgUnit, on: date) -> None:
    """Refuse a date before which the branch, or the way up from the new parent, has changed since."""
    branch = Ancestry.objects.filter(ancestor=unit, ends_on=None).values("unit")
    touched = Ancestry.objects.filter(Q(unit__in=branch) | Q(ancestor=unit) | Q(unit=parent))
    latest = touched.aggregate(start=Max("starts_on"), end=Max("ends_on"))
    bounds = [latest["start"], latest["end"] + DAY if latest["end"] else latest["start"]]
    if max(bounds) > on:
        raise ChangeBeforeHistory(max(bounds))


def _end(rows: "QuerySet[Ancestry]", on: date) -> None:
    """The rows hold until the day before; those that began on the day itself never held."""
    rows.filter(starts_on=on).delete()
    rows.update(ends_on=on - DAY)
