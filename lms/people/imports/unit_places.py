"""What a list of units would change, judged as a whole: a unit may stand below one of a later row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.people.imports.columns import time_zone_of_province
from lms.people.imports.unit_rows import UnitRow, known_types
from lms.people.imports.upload import ROLE
from lms.people.models import OrgUnit, Person
from lms.people.queries import branch_roots

FACTS = ("unit_type", "province_code", "time_zone", "is_remote")


@dataclass(slots=True)
class UnitPlacement:
    """A row that can be carried out: the unit it is about (or none yet), and what changes."""

    row: UnitRow
    outcome: str
    unit: OrgUnit | None
    depth: int
    parent_key: str | None
    """Where the unit is to stand: the code of the unit above, if that is said."""
    facts: dict[str, Any] = field(default_factory=dict)


class Tree:
    """All units by their codes, and which of them the officer may touch. Two queries, whatever their number."""

    def __init__(self, officer: Person) -> None:
        by_id: dict[int, OrgUnit] = {
            unit.pk: unit for unit in OrgUnit.objects.only("code", "name", "parent", "opened_on", "closed_on", *FACTS)
        }
        self.units = {unit.code.upper(): unit for unit in by_id.values()}
        self.parents = {
            key: by_id[unit.parent_id].code.upper() if unit.parent_id else None for key, unit in self.units.items()
        }
        self.has_no_limits = officer.is_superuser
        self.tops = {code.upper() for code in branch_roots(officer, ROLE).values_list("code", flat=True)}
        self.without_zeros: dict[str, list[str]] = defaultdict(list)
        for key in self.units:
            if key.startswith("0"):
                self.without_zeros[key.lstrip("0")].append(key)

    def find(self, key: str) -> str | None:
        """The key of a unit that was written without its leading zeros, if only one can be meant."""
        found = self.without_zeros.get(key, [])
        return found[0] if len(found) == 1 else None

    def may_stand_below(self, key: str) -> bool:
        """Whether the unit is in the officer's branch."""
        if self.has_no_limits:
            return True
        above: str | None = key
        while above is not None and above not in self.tops:
            above = self.parents[above]
        return above is not None

    def may_change(self, key: str) -> bool:
        """Whether the unit is below one of the officer's own, so that she may rename and move it."""
        parent = self.parents[key]
        return self.has_no_limits or (parent is not None and self.may_stand_below(parent))


def place_units(rows: Sequence[UnitRow], officer: Person) -> list[UnitPlacement]:
    """Placements for the rows without an error, units above before units below; problems are written on the rows."""
    tree = Tree(officer)
    named: dict[str, UnitRow] = {}
    for row in rows:
        _restore_zeros(row, tree)
        if row.code and (first := named.setdefault(row.key, row)) is not row:
            row.error("code", "code_twice", given=row.code, first=first.number)
    for row in named.values():
        _judge_alone(row, tree, named)
    depths = _depths(named, tree)
    placements = [_placement(row, tree, depths[row.key]) for row in named.values() if not row.has_error]
    return sorted(placements, key=lambda placement: (placement.depth, placement.row.number))


def _restore_zeros(row: UnitRow, tree: Tree) -> None:
    """Take a code that lost its zeros for the unit that is known by it."""
    for column in ("code", "parent_code"):
        given = getattr(row, column)
        if given and given.upper() not in tree.units and (found := tree.find(given.upper())):
            taken = tree.units[found].code
            # A new unit may well be called so: only where the name is the same is it the unit we know.
            if column == "parent_code" or row.name in ("", tree.units[found].name):
                setattr(row, column, taken)
                row.warn(column, "code_zeros", given=given, taken=taken)


def _judge_alone(row: UnitRow, tree: Tree, named: dict[str, UnitRow]) -> None:
    """Everything that can be said without knowing whether the rows make a tree together."""
    unit = tree.units.get(row.key)
    if unit is None:
        if not row.name:
            row.error("name", "name_missing")
        if not row.unit_type and not row.has_error:
            row.error("unit_type", "type_missing", known=known_types())
        if not row.parent_code and not row.has_error and (tree.units or not tree.has_no_limits):
            row.error("parent_code", "parent_missing")
    elif unit.closed_on:
        row.error("code", "unit_closed", given=unit.name)
    elif not tree.may_change(row.key):
        is_top = tree.may_stand_below(row.key)
        if not is_top:
            row.error("code", "unit_outside", given=row.code)
        elif _says_something_new(row, unit, tree):
            row.error("code", "unit_own", given=unit.name)
    elif row.opened_on and row.opened_on != unit.opened_on:
        row.warn("opened_on", "opened_differs", known=unit.opened_on.isoformat())
    if row.parent_code:
        _judge_parent(row, tree, named)


def _judge_parent(row: UnitRow, tree: Tree, named: dict[str, UnitRow]) -> None:
    key = row.parent_code.upper()
    above = tree.units.get(key)
    if above is None:
        if key not in named:
            row.error("parent_code", "parent_unknown", given=row.parent_code)
    elif tree.parents.get(row.key) == key:
        return
    elif not tree.may_stand_below(key):
        row.error("parent_code", "parent_outside", given=row.parent_code)
    elif above.closed_on:
        row.error("parent_code", "parent_closed", given=above.name)


def _depths(named: dict[str, UnitRow], tree: Tree) -> dict[str, int]:
    """How deep each unit will stand. Rows that cannot stand where they say become errors, until the rest is a tree."""
    while True:
        wanted: dict[str, str | None] = dict(tree.parents)
        for key, row in named.items():
            if not row.has_error and row.parent_code:
                wanted[key] = row.parent_code.upper()
            elif not row.has_error:
                wanted.setdefault(key, None)
        depths: dict[str, int] = {}
        misplaced = [key for key, row in named.items() if not row.has_error and not _go_up(key, wanted, depths, named)]
        if not misplaced:
            return depths


def _go_up(start: str, wanted: dict[str, str | None], depths: dict[str, int], named: dict[str, UnitRow]) -> bool:
    """Note how deep the unit and all above it will stand; ``False`` when a row became an error on the way."""
    path: list[str] = []
    on_path: set[str] = set()
    key: str | None = start
    while key is not None and key not in depths:
        if key in on_path:
            circle = path[path.index(key) :]
            for each in circle:
                if each in named and not named[each].has_error and named[each].parent_code:
                    named[each].error("parent_code", "circle", codes=[*circle, key][:8])
            return False
        if key not in wanted:  # the row of this unit has an error, so there will be no such unit
            below = named[path[-1]]
            below.error("parent_code", "parent_has_error", given=below.parent_code, first=named[key].number)
            return False
        path.append(key)
        on_path.add(key)
        key = wanted[key]
    depth = depths[key] if key is not None else -1
    for each in reversed(path):
        depth += 1
        depths[each] = depth
    return True


def _says_something_new(row: UnitRow, unit: OrgUnit, tree: Tree) -> bool:
    moves = bool(row.parent_code) and row.parent_code.upper() != tree.parents[row.key]
    return moves or bool(row.name and row.name != unit.name) or bool(_facts(row, unit))


def _facts(row: UnitRow, unit: OrgUnit) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in FACTS if getattr(row, name) not in ("", None)}
    return {name: value for name, value in said.items() if getattr(unit, name) != value}


def _placement(row: UnitRow, tree: Tree, depth: int) -> UnitPlacement:
    unit = tree.units.get(row.key)
    parent_key = row.parent_code.upper() or None
    if unit is None:
        row.time_zone = row.time_zone or time_zone_of_province(row.province_code)
        return UnitPlacement(row, "new", None, depth, parent_key)
    placement = UnitPlacement(row, "unchanged", unit, depth, parent_key, _facts(row, unit))
    if parent_key and parent_key != tree.parents[row.key]:
        placement.outcome = "moved"
    elif row.name and row.name != unit.name:
        placement.outcome = "renamed"
    elif placement.facts:
        placement.outcome = "changed"
    return placement
