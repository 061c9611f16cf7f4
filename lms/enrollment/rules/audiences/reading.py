"""Reading a rule from JSON, and saying what is wrong with it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.enrollment.rules.audiences import language as says
from lms.people.rules import GRADES

DEEPEST = 4
MOST_CONDITIONS = 100
MOST_LISTED = 5_000
MOST_CHOICES = 500
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One thing wrong with a rule: where (the place in each group, from the outside in), in which field, and what."""

    path: tuple[int, ...]
    name: str
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        return str(MESSAGES[self.code]) % self.values


MESSAGES: dict[str, Promise] = {
    "not_a_rule": _("This is not a rule that can be read."),
    "empty_group": _("A group needs at least one condition."),
    "too_deep": _("Groups may stand inside one another up to %(limit)d deep."),
    "too_many": _("A rule may have up to %(limit)d conditions."),
    "unknown_kind": _("There is no condition of this kind."),
    "unknown_field": _("The condition has a value that does not belong to it: %(given)s."),
    "missing": _("Choose at least one."),
    "too_many_values": _("Up to %(limit)d can be named in one condition."),
    "not_chosen": _("Choose one of the possibilities."),
    "not_a_number": _("Give a whole number from %(least)d to %(most)d."),
    "not_a_day": _("Give a date."),
    "text_too_long": _("The text is longer than %(limit)d characters."),
    "range_open": _("Give a lower or an upper limit, or both."),
    "range_reversed": _("The lower limit is above the upper one."),
    "unknown_unit": _("This unit does not exist."),
    "unknown_course": _("This course does not exist."),
    "unknown_person": _("Somebody on the list is not known, or not of your branch."),
    "unknown_choice": _("There is no such choice: %(given)s."),
}


class _Values:
    """The values of one condition, taken out one by one; what is wrong with them is noted."""

    def __init__(self, given: Mapping[str, Any], path: tuple[int, ...], problems: list[RuleProblem]) -> None:
        self.given, self.path, self.problems = given, path, problems
        self.taken = {"kind"}

    def wrong(self, name: str, code: str, **values: str | int) -> None:
        self.problems.append(RuleProblem(self.path, name, code, values))

    def take(self, name: str) -> Any:
        self.taken.add(name)
        return self.given.get(name)

    def several(self, name: str, wanted: type, limit: int = MOST_CHOICES) -> tuple[Any, ...]:
        found = self.take(name)
        if not isinstance(found, list) or not found:
            self.wrong(name, "missing")
            return ()
        if len(found) > limit:
            self.wrong(name, "too_many_values", limit=limit)
        elif any(type(each) is not wanted for each in found):
            self.wrong(name, "not_a_rule")
        else:
            if wanted is str and any(len(each) > LONGEST_TEXT for each in found):
                self.wrong(name, "text_too_long", limit=LONGEST_TEXT)
            return tuple(dict.fromkeys(found))
        return ()

    def texts(self, name: str) -> tuple[str, ...]:
        texts = tuple(text.strip() for text in self.several(name, str))
        if texts and not all(texts):
            self.wrong(name, "missing")
        return texts

    def one_of(self, name: str, choices: Collection[str]) -> str:
        found = self.take(name)
        if not isinstance(found, str) or found not in choices:
            self.wrong(name, "not_chosen")
            return ""
        return found

    def flag(self, name: str) -> bool:
        found = self.take(name)
        if not isinstance(found, bool):
            self.wrong(name, "not_chosen")
        return found is True

    def number(self, name: str, least: int, most: int) -> int | None:
        found = self.take(name)
        if found is None:
            return None
        if type(found) is not int or not least <= found <= most:
            self.wrong(name, "not_a_number", least=least, most=most)
            return None
        return found

    def day(self, name: str) -> date | None:
        found = self.take(name)
        if found is None:
            return None
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError):
            self.wrong(name, "not_a_day")
            return None

    def range(self, first: str, last: str, lowest: Any, highest: Any) -> None:
        """Note a range without limits, and one that is upside down."""
        if any(problem.path == self.path for problem in self.problems):
            return
        if lowest is None and highest is None:
            self.wrong(first, "range_open")
        elif lowest is not None and highest is not None and lowest > highest:
            self.wrong(last, "range_reversed")

    def numbers(self, most: int) -> tuple[int | None, int | None]:
        lowest, highest = self.number("at_least", 1, most), self.number("at_most", 0, most)
        self.range("at_least", "at_most", lowest, highest)
        return lowest, highest


def _grade(values: _Values) -> says.Condition:
    scheme = values.one_of("scheme", GRADES)
    grades = GRADES.get(scheme, ())
    lowest = values.one_of("at_least", grades) if values.take("at_least") is not None and scheme else None
    highest = values.one_of("at_most", grades) if values.take("at_most") is not None and scheme else None
    places = [grades.index(grade) if grade in grades else None for grade in (lowest, highest)]
    values.range("at_least", "at_most", *places)
    return says.HasGrade(scheme, lowest, highest)


def _joined(values: _Values) -> says.Condition:
    where = values.one_of("where", list(says.Joined))
    first, last = values.day("first_on"), values.day("last_on")
    values.range("first_on", "last_on", first, last)
    return says.JoinedBetween(where, first, last)


_READERS: dict[type[says.Condition], Callable[[_Values], says.Condition]] = {
    says.InBranch: lambda values: says.InBranch(values.several("units", int)),
    says.InUnitType: lambda values: says.InUnitType(values.several("types", str)),
    says.InProvince: lambda values: says.InProvince(values.several("provinces", str)),
    says.InRemoteArea: lambda values: says.InRemoteArea(values.flag("is_remote")),
    says.HasGrade: _grade,
    says.HasPosition: lambda values: says.HasPosition(values.texts("words")),
    says.HasEmployment: lambda values: says.HasEmployment(values.several("types", str)),
    says.HasSex: lambda values: says.HasSex(values.one_of("sex", ("m", "f"))),
    says.OfAge: lambda values: says.OfAge(*values.numbers(120)),
    says.JoinedBetween: _joined,
    says.HasServed: lambda values: says.HasServed(values.one_of("where", list(says.Joined)), *values.numbers(720)),
    says.HasCompleted: lambda values: says.HasCompleted(values.several("courses", int), values.flag("done")),
    says.HasHours: lambda values: says.HasHours(*values.numbers(1000)),
    says.IsListed: lambda values: says.IsListed(values.several("people", int, MOST_LISTED)),
}


def read_rule(given: object) -> tuple[says.Group | None, list[RuleProblem]]:
    """The rule, or ``None`` and what is wrong with it."""
    problems: list[RuleProblem] = []
    rule = _read(given, (), problems)
    if rule is not None and not isinstance(rule, says.Group):
        rule = says.Group(says.Operator.ALL, (rule,))
    if rule is not None and len(says.conditions_of(rule)) > MOST_CONDITIONS:
        problems.append(RuleProblem((), "", "too_many", {"limit": MOST_CONDITIONS}))
    return (None if problems else rule), problems


def stored_rule(given: object) -> says.Group:
    """A rule that was checked when it was stored."""
    rule, problems = read_rule(given)
    if rule is None:
        raise ValueError(f"a stored rule cannot be read: {problems[0].code} at {problems[0].path}")
    return rule


def _read(given: object, path: tuple[int, ...], problems: list[RuleProblem]) -> says.Node | None:
    if not isinstance(given, dict):
        problems.append(RuleProblem(path, "", "not_a_rule"))
        return None
    if "kind" in given:
        return _condition(given, path, problems)
    if len(given) != 1 or next(iter(given)) not in list(says.Operator):
        problems.append(RuleProblem(path, "", "not_a_rule"))
        return None
    [(operator, parts)] = given.items()
    if not isinstance(parts, list) or not parts:
        problems.append(RuleProblem(path, "", "empty_group"))
        return None
    if len(path) >= DEEPEST:
        problems.append(RuleProblem(path, "", "too_deep", {"limit": DEEPEST}))
        return None
    read = [_read(part, (*path, place), problems) for place, part in enumerate(parts)]
    return says.Group(says.Operator(operator), tuple(part for part in read if part is not None))


def _condition(given: Mapping[str, Any], path: tuple[int, ...], problems: list[RuleProblem]) -> says.Condition | None:
    kind = says.CONDITIONS.get(given["kind"]) if isinstance(given["kind"], str) else None
    if kind is None:
        problems.append(RuleProblem(path, "kind", "unknown_kind"))
        return None
    values = _Values(given, path, problems)
    condition = _READERS[kind](values)
    for name in given.keys() - values.taken:
        values.wrong("", "unknown_field", given=str(name)[:40])
    return condition
