"""A rule answered for one person, on plain values: whether she meets it, and which conditions decide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lms.enrollment.rules.audiences import language as says
from lms.enrollment.rules.audiences.days import months_before, years_before
from lms.people.rules import grade_place

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """A membership: in which unit, from when to when (open: ``None``)."""

    unit_id: int
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules ask about one person. Who belongs nowhere has no unit, and empty texts."""

    person_id: int
    is_active: bool = True
    sex: str = ""
    birth_on: date | None = None
    unit_id: int | None = None
    unit_name: str = ""
    units_above: frozenset[int] = frozenset()
    unit_type: str = ""
    province: str = ""
    is_remote: bool = False
    employment_type: str = ""
    position: str = ""
    grade: str = ""
    stays: tuple[Stay, ...] = ()
    completed: tuple[tuple[int, int, int], ...] = ()
    """Courses completed: the course, its hours, and the year."""

    def joined_on(self, where: str) -> date | None:
        """Since when she belongs to the ministry, or without a break to the unit of today; ``None`` for nowhere."""
        if self.unit_id is None:
            return None
        if where == says.Joined.MINISTRY:
            return min(stay.starts_on for stay in self.stays)
        since = max((stay.starts_on for stay in self.stays if stay.ends_on is None), default=None)
        for stay in sorted(self.stays, key=lambda stay: stay.starts_on, reverse=True):
            if since and stay.unit_id == self.unit_id and stay.ends_on and stay.ends_on + DAY >= since:
                since = min(since, stay.starts_on)
        return since

    def hours_in(self, year: int) -> int:
        return sum(hours for _course, hours, when in self.completed if when == year)

    def age_on(self, day: date) -> int | None:
        if self.birth_on is None:
            return None
        years = day.year - self.birth_on.year
        return years if self.birth_on <= years_before(day, years) else years - 1


def meets(node: says.Node, facts: Facts, today: date) -> bool:
    """Whether she meets a rule; the same answer as the compiled query gives."""
    return facts.is_active and next(failing(node, facts, today), None) is None


@dataclass(frozen=True, slots=True)
class Failing:
    """Why a rule is not met: a condition with what was wanted of it, or several of which one would have to hold."""

    condition: says.Condition | None = None
    wanted: bool = True
    one_of: "tuple[Failing, ...]" = ()


def failing(node: says.Node, facts: Facts, today: date, *, wanted: bool = True) -> Iterator[Failing]:
    """What keeps her from meeting the rule; nothing when she meets it."""
    if isinstance(node, says.Condition):
        if _holds(node, facts, today) != wanted:
            yield Failing(node, wanted)
        return
    each = wanted != (node.operator == says.Operator.NONE)
    parts = [list(failing(part, facts, today, wanted=each)) for part in node.of]
    if (node.operator == says.Operator.ANY) != wanted:
        for part in parts:
            yield from part
    elif all(parts):
        found = tuple(reason for part in parts for reason in part)
        yield found[0] if len(found) == 1 else Failing(one_of=found)


def _holds(condition: says.Condition, facts: Facts, today: date) -> bool:
    return _ANSWERS[type(condition)](condition, facts, today)


def _between(value: Any, lowest: Any, highest: Any) -> bool:
    return value is not None and (lowest is None or lowest <= value) and (highest is None or value <= highest)


def _grade(condition: says.HasGrade, facts: Facts, today: date) -> bool:
    own, lowest, highest = (
        grade_place(grade) if grade else None for grade in (facts.grade, condition.at_least, condition.at_most)
    )
    return own is not None and own[0] == condition.scheme and _between(own, lowest, highest)


def _position(condition: says.HasPosition, facts: Facts, today: date) -> bool:
    return any(word.upper() in facts.position.upper() for word in condition.words) and facts.unit_id is not None


def _was_there(facts: Facts, where: str, day: date) -> bool:
    if where == says.Joined.MINISTRY:
        return any(stay.starts_on <= day for stay in facts.stays)
    return any(stay.unit_id == facts.unit_id and stay.holds_on(day) for stay in facts.stays)


def _joined_between(facts: Facts, where: str, first: date | None, last: date | None) -> bool:
    return (
        facts.unit_id is not None
        and (last is None or _was_there(facts, where, last))
        and (first is None or not _was_there(facts, where, first - DAY))
    )


def _served(condition: says.HasServed, facts: Facts, today: date) -> bool:
    last = None if condition.at_least is None else months_before(today, condition.at_least)
    first = None if condition.at_most is None else months_before(today, condition.at_most + 1) + DAY
    return _joined_between(facts, condition.where, first, last)


def _completed(condition: says.HasCompleted, facts: Facts, today: date) -> bool:
    return condition.done == any(course in condition.courses for course, _hours, _year in facts.completed)


_ANSWERS: dict[type[says.Condition], Callable[[Any, Facts, date], bool]] = {
    says.InBranch: lambda condition, facts, today: not facts.units_above.isdisjoint(condition.units),
    says.InUnitType: lambda condition, facts, today: facts.unit_type in condition.types,
    says.InProvince: lambda condition, facts, today: (
        facts.unit_id is not None and facts.province in condition.provinces
    ),
    says.InRemoteArea: lambda condition, facts, today: (
        facts.unit_id is not None and facts.is_remote == condition.is_remote
    ),
    says.HasGrade: _grade,
    says.HasPosition: _position,
    says.HasEmployment: lambda condition, facts, today: facts.employment_type in condition.types,
    says.HasSex: lambda condition, facts, today: facts.sex == condition.sex,
    says.OfAge: lambda condition, facts, today: _between(facts.age_on(today), condition.at_least, condition.at_most),
    says.JoinedBetween: lambda condition, facts, today: _joined_between(
        facts, condition.where, condition.first_on, condition.last_on
    ),
    says.HasServed: _served,
    says.HasCompleted: _completed,
    says.HasHours: lambda condition, facts, today: _between(
        facts.hours_in(today.year), condition.at_least, condition.at_most
    ),
    says.IsListed: lambda condition, facts, today: facts.person_id in condition.people,
}
