"""The tree of units: opened, renamed and moved, with its history."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from lms.audit.services import record
from lms.events.services import announce
from lms.people.errors import ChangeBeforeHistory, ChangeInFuture, UnitCodeTaken, UnitInOwnBranch
from lms.people.events import UnitsChanged
from lms.people.models import Ancestry, OrgUnit, OrgUnitVersion, Person
from lms.people.queries import used_ids

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to open below ``parent_id``; province and time zone are the parent's unless told."""

    code: str
    name: str
    unit_type: str
    parent_id: int | None
    opened_on: date
    province_code: str = ""
    time_zone: str = ""
    is_remote: bool = False


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
    parent_id = parent.pk if parent else None
    new = NewUnit(code, name, unit_type, parent_id, opened_on, province_code, time_zone, is_remote)
    [unit] = open_units([new], by=by)
    return unit


@transaction.atomic
def open_units(new: Sequence[NewUnit], *, by: Person | None) -> list[OrgUnit]:
    """Open units below units that are there already, in the order given, in a fixed number of statements."""
    for each in new:
        _not_in_future(each.opened_on)
    lock_tree()
    parents: dict[int, OrgUnit] = OrgUnit.objects.in_bulk({each.parent_id for each in new if each.parent_id})
    units = [_unit(each, parents.get(each.parent_id or 0)) for each in new]
    try:
        with transaction.atomic():
            OrgUnit.objects.bulk_create(units)
    except IntegrityError as error:
        raise UnitCodeTaken from error
    OrgUnitVersion.objects.bulk_create(
        OrgUnitVersion(unit=unit, name=unit.name, parent_id=unit.parent_id, starts_on=unit.opened_on) for unit in units
    )
    above: dict[int, list[Ancestry]] = defaultdict(list)
    if parents:
        # Also where the parent stood before: a unit written down late was below those then.
        earliest = min(unit.opened_on for unit in units)
        for link in Ancestry.objects.filter(Q(ends_on=None) | Q(ends_on__gte=earliest), unit__in=parents):
            above[link.unit_id].append(link)
    Ancestry.objects.bulk_create(_links(units, above))
    record("people.create_unit", units, by=by)
    return units


def _unit(new: NewUnit, parent: OrgUnit | None) -> OrgUnit:
    return OrgUnit(
        code=new.code,
        name=new.name,
        unit_type=new.unit_type,
        parent=parent,
        province_code=new.province_code or (parent.province_code if parent else ""),
        time_zone=new.time_zone or (parent.time_zone if parent else "Asia/Jakarta"),
        is_remote=new.is_remote,
        opened_on=new.opened_on,
    )


def _links(units: Sequence[OrgUnit], above: Mapping[int, list[Ancestry]]) -> Iterator[Ancestry]:
    for unit in units:
        yield Ancestry(ancestor=unit, unit=unit, depth=0, starts_on=unit.opened_on)
        for link in above.get(unit.parent_id or 0, []):
            if link.ends_on is None or link.ends_on >= unit.opened_on:
                yield Ancestry(
                    ancestor_id=link.ancestor_id,
                    unit=unit,
                    depth=link.depth + 1,
                    starts_on=max(unit.opened_on, link.starts_on),
                    ends_on=link.ends_on,
                )


@transaction.atomic
def correct_units(facts: Mapping[int, Mapping[str, Any]], *, by: Person | None) -> None:
    """Put right what keeps no history: type, province, time zone, remote area; by unit id."""
    units = OrgUnit.objects.select_for_update(no_key=True).in_bulk(facts)
    for pk, unit in units.items():
        for name, value in facts[pk].items():
            setattr(unit, name, value)
    OrgUnit.objects.bulk_update(units.values(), ["unit_type", "province_code", "time_zone", "is_remote"])
    record("people.correct_unit", units.values(), by=by)
    announce(UnitsChanged(unit_ids=sorted(units), moved=False, corrected=True))


@transaction.atomic
def remove_units(ids: Collection[int], *, by: Person | None) -> set[int]:
    """Remove units opened by mistake; those that anything depends on stay. Returns the ids that are gone."""
    lock_tree()
    gone = set(ids) - _depended_on(ids)
    while True:
        # A unit stays when one below it stays, today or in history.
        links = Ancestry.objects.filter(ancestor__in=gone).exclude(unit__in=gone).values_list("ancestor", flat=True)
        named = OrgUnitVersion.objects.filter(parent__in=gone).exclude(unit__in=gone).values_list("parent", flat=True)
        kept = {*links, *named}
        if not kept:
            break
        gone -= kept
    units = list(OrgUnit.objects.filter(pk__in=gone))
    for unit in units:  # afterwards nothing else tells which unit this was
        record("people.remove_unit", [unit], by=by, code=unit.code, parent=unit.parent_id)
    OrgUnitVersion.objects.filter(unit__in=gone).delete()
    Ancestry.objects.filter(unit__in=gone).delete()
    OrgUnit.objects.filter(pk__in=gone).update(parent=None)
    OrgUnit.objects.filter(pk__in=gone).delete()
    return gone


def _depended_on(ids: Collection[int]) -> set[int]:
    """The units that have members, roles, or anything of another app."""
    return used_ids(OrgUnit, ids, apart_from=(OrgUnit, OrgUnitVersion, Ancestry))


@transaction.atomic
def rename_unit(unit: OrgUnit, name: str, on: date, *, by: Person | None = None) -> OrgUnit:
    """Call the unit by a new name from a day on; the old name stays in its history."""
    _not_in_future(on)
    lock_tree()
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
    lock_tree()
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
    announce(UnitsChanged(unit_ids=[unit.pk], moved=True, corrected=False))
    return unit


def lock_tree() -> None:
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
