"""The words of the one language that says whom something is for: conditions, and groups of them."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar


class Change(StrEnum):
    """The kinds of change after which a condition may be answered differently."""

    PLACE = "place"
    """Where somebody is: unit, employment, position, grade."""
    PERSON = "person"
    """What is on record about her: birth, sex."""
    UNIT = "unit"
    """Where a unit stands, or of what kind it is."""
    TRAINING = "training"
    """A course was completed."""
    DAY = "day"
    """Time went on."""


class Joined(StrEnum):
    """What a length of service is counted from."""

    MINISTRY = "ministry"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a person. What is not known of her does not hold."""

    kind: ClassVar[str]
    follows: ClassVar[frozenset[Change]]


@dataclass(frozen=True, slots=True)
class InBranch(Condition):
    """She belongs to one of the units or to a unit below one."""

    kind: ClassVar = "unit"
    follows: ClassVar = frozenset({Change.PLACE, Change.UNIT})
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InUnitType(Condition):
    kind: ClassVar = "unit_type"
    follows: ClassVar = frozenset({Change.PLACE, Change.UNIT})
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InProvince(Condition):
    kind: ClassVar = "province"
    follows: ClassVar = frozenset({Change.PLACE, Change.UNIT})
    provinces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InRemoteArea(Condition):
    kind: ClassVar = "remote"
    follows: ClassVar = frozenset({Change.PLACE, Change.UNIT})
    is_remote: bool


@dataclass(frozen=True, slots=True)
class HasGrade(Condition):
    """Her grade is of the scheme, from ``at_least`` to ``at_most`` in its order."""

    kind: ClassVar = "grade"
    follows: ClassVar = frozenset({Change.PLACE})
    scheme: str
    at_least: str | None = None
    at_most: str | None = None


@dataclass(frozen=True, slots=True)
class HasPosition(Condition):
    """Her position has one of the texts in it, in small letters or capitals."""

    kind: ClassVar = "position"
    follows: ClassVar = frozenset({Change.PLACE})
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasEmployment(Condition):
    kind: ClassVar = "employment"
    follows: ClassVar = frozenset({Change.PLACE})
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasSex(Condition):
    kind: ClassVar = "sex"
    follows: ClassVar = frozenset({Change.PERSON})
    sex: str


@dataclass(frozen=True, slots=True)
class OfAge(Condition):
    """Her age in full years."""

    kind: ClassVar = "age"
    follows: ClassVar = frozenset({Change.PERSON, Change.DAY})
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class JoinedBetween(Condition):
    """She belongs here today, and since a day between the two: to the ministry, or to the unit of today."""

    kind: ClassVar = "joined"
    follows: ClassVar = frozenset({Change.PLACE})
    where: str
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class HasServed(Condition):
    """She belongs here today, and since so many full months: to the ministry, or to the unit of today."""

    kind: ClassVar = "served"
    follows: ClassVar = frozenset({Change.PLACE, Change.DAY})
    where: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class HasCompleted(Condition):
    """She completed one of the courses; or none of them, where ``done`` is false."""

    kind: ClassVar = "completed"
    follows: ClassVar = frozenset({Change.TRAINING})
    courses: tuple[int, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class HasHours(Condition):
    """The lesson hours (JP) of the courses she completed this calendar year."""

    kind: ClassVar = "hours"
    follows: ClassVar = frozenset({Change.TRAINING, Change.DAY})
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class IsListed(Condition):
    kind: ClassVar = "people"
    follows: ClassVar = frozenset()
    people: tuple[int, ...]


class Operator(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, any or none must hold. Never empty."""

    operator: Operator
    of: "tuple[Node, ...]"


Node = Group | Condition

CONDITIONS: dict[str, type[Condition]] = {
    condition.kind: condition
    for condition in (
        InBranch,
        InUnitType,
        InProvince,
        InRemoteArea,
        HasGrade,
        HasPosition,
        HasEmployment,
        HasSex,
        OfAge,
        JoinedBetween,
        HasServed,
        HasCompleted,
        HasHours,
        IsListed,
    )
}


def conditions_of(node: Node) -> list[Condition]:
    """Every condition of a rule, in the order of reading."""
    if isinstance(node, Condition):
        return [node]
    return [condition for part in node.of for condition in conditions_of(part)]


def followed_by(rule: Node) -> frozenset[Change]:
    """After which kinds of change the rule may be answered differently."""
    return frozenset[Change]().union(*(condition.follows for condition in conditions_of(rule)))


def as_json(node: Node) -> dict[str, Any]:
    """The rule as it is stored; ``read_rule`` gives it back."""
    if isinstance(node, Group):
        return {str(node.operator): [as_json(part) for part in node.of]}
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    return {"kind": node.kind} | {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
