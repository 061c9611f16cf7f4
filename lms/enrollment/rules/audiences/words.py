"""A rule in words: what it asks, and why somebody does not meet it, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.enrollment.rules.audiences import language as says
from lms.enrollment.rules.audiences.answering import Facts, Failing, failing
from lms.enrollment.rules.audiences.days import months_before

SHOWN = 5
"""So many names of a long list are spelled out."""


@dataclass(frozen=True, slots=True)
class Names:
    """What units, courses and choices are called."""

    units: Mapping[int, str] = field(default_factory=dict)
    courses: Mapping[int, str] = field(default_factory=dict)
    provinces: Mapping[str, str] = field(default_factory=dict)
    unit_types: Mapping[str, str | Promise] = field(default_factory=dict)
    employments: Mapping[str, str | Promise] = field(default_factory=dict)
    sexes: Mapping[str, str | Promise] = field(default_factory=dict)


def explain(rule: says.Node, facts: Facts, today: date, names: Names) -> list[str]:
    """Why she does not meet the rule, a sentence for each condition; empty when she does."""
    return [_reason(found, facts, today, names) for found in failing(rule, facts, today)]


def describe(rule: says.Group, names: Names) -> list[str]:
    """What the rule asks, a sentence for each part of it."""
    if rule.operator == says.Operator.ANY and len(rule.of) > 1:
        return [_whole(rule, names, wanted=True)]
    wanted = rule.operator != says.Operator.NONE
    return [_sentence(_whole(part, names, wanted=wanted)) for part in rule.of]


def _whole(node: says.Node, names: Names, *, wanted: bool) -> str:
    if isinstance(node, says.Condition):
        return asks(node, names, wanted=wanted)
    each = wanted != (node.operator == says.Operator.NONE)
    parts = [_whole(part, names, wanted=each) for part in node.of]
    if len(parts) == 1:
        return parts[0]
    if (node.operator == says.Operator.ANY) != wanted:
        return _("all of these: %(parts)s") % {"parts": "; ".join(parts)}
    return _("one of these: %(parts)s") % {"parts": "; ".join(parts)}


def _reason(found: Failing, facts: Facts, today: date, names: Names) -> str:
    if found.condition is None:
        parts = [_reason(part, facts, today, names).rstrip(".") for part in found.one_of]
        return _("One of these is needed: %(parts)s.") % {"parts": " – ".join(parts)}
    asked = _sentence(asks(found.condition, names, wanted=found.wanted))
    own = _OWN[type(found.condition)](found.condition, facts, today, names)
    return f"{asked}; {own}." if own else f"{asked}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def asks(condition: says.Condition, names: Names, *, wanted: bool = True) -> str:
    """What a condition asks, as the beginning of a sentence in small letters: "only for grade III/a and above"."""
    whom = _WHOM[type(condition)](condition, names)
    return (_("only for %(whom)s") if wanted else _("not for %(whom)s")) % {"whom": whom}


def any_of(items: Sequence[str]) -> str:
    """``A, B or C``; a long list ends with how many more there are."""
    if len(items) > SHOWN + 1:
        more = len(items) - SHOWN
        shown = ", ".join(items[:SHOWN])
        return ngettext("%(shown)s or %(more)d other", "%(shown)s or %(more)d others", more) % {
            "shown": shown,
            "more": more,
        }
    if len(items) == 1:
        return items[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}


def _named(keys: Sequence[Any], names: Mapping[Any, str | Promise]) -> str:
    return any_of([str(names.get(key, "–")) for key in keys])


def _range(lowest: Any, highest: Any, both: str, from_on: str, up_to: str) -> str:
    if lowest is None:
        return up_to % {"highest": highest}
    if highest is None:
        return from_on % {"lowest": lowest}
    return both % {"lowest": lowest, "highest": highest}


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%d year", "%d years", years) % years)
    if rest or not years:
        parts.append(ngettext("%d month", "%d months", rest) % rest)
    return " ".join(parts)


def _whom_grade(condition: says.HasGrade, names: Names) -> str:
    lowest, highest = condition.at_least, condition.at_most
    if lowest == highest:
        return _("grade %(grade)s") % {"grade": lowest}
    return _range(
        lowest,
        highest,
        _("grades %(lowest)s to %(highest)s"),
        _("grade %(lowest)s and above"),
        _("grades up to %(highest)s"),
    )


def _whom_age(condition: says.OfAge, names: Names) -> str:
    return _range(
        condition.at_least,
        condition.at_most,
        _("people aged %(lowest)s to %(highest)s"),
        _("people aged %(lowest)s or over"),
        _("people aged %(highest)s at most"),
    )


def _whom_joined(condition: says.JoinedBetween, names: Names) -> str:
    first, last = (day and date_format(day) for day in (condition.first_on, condition.last_on))
    if condition.where == says.Joined.UNIT:
        return _range(
            first,
            last,
            _("people in their present unit since a day from %(lowest)s to %(highest)s"),
            _("people in their present unit since %(lowest)s or later"),
            _("people in their present unit since %(highest)s or earlier"),
        )
    return _range(
        first,
        last,
        _("people who joined from %(lowest)s to %(highest)s"),
        _("people who joined on %(lowest)s or later"),
        _("people who joined on %(highest)s or earlier"),
    )


def _whom_served(condition: says.HasServed, names: Names) -> str:
    lowest, highest = (
        None if months is None else _months(months) for months in (condition.at_least, condition.at_most)
    )
    if condition.where == says.Joined.UNIT:
        return _range(
            lowest,
            highest,
            _("people who have been in their present unit for %(lowest)s to %(highest)s"),
            _("people who have been in their present unit for %(lowest)s or longer"),
            _("people who have been in their present unit for %(highest)s at most"),
        )
    return _range(
        lowest,
        highest,
        _("people with %(lowest)s to %(highest)s of service"),
        _("people with %(lowest)s of service or more"),
        _("people with %(highest)s of service at most"),
    )


def _whom_completed(condition: says.HasCompleted, names: Names) -> str:
    courses = {"courses": _named(condition.courses, names.courses)}
    if condition.done:
        return _("people who completed %(courses)s") % courses
    return _("people who have not completed %(courses)s") % courses


def _whom_hours(condition: says.HasHours, names: Names) -> str:
    return _range(
        condition.at_least,
        condition.at_most,
        _("people with %(lowest)s to %(highest)s JP this year"),
        _("people with %(lowest)s JP or more this year"),
        _("people with %(highest)s JP at most this year"),
    )


_WHOM: dict[type[says.Condition], Callable[[Any, Names], str]] = {
    says.InBranch: lambda condition, names: _("people of %(units)s") % {"units": _named(condition.units, names.units)},
    says.InUnitType: lambda condition, names: (
        _("units of the type %(types)s") % {"types": _named(condition.types, names.unit_types)}
    ),
    says.InProvince: lambda condition, names: (
        _("units in %(provinces)s") % {"provinces": _named(condition.provinces, names.provinces)}
    ),
    says.InRemoteArea: lambda condition, names: (
        _("units in remote areas") if condition.is_remote else _("units outside remote areas")
    ),
    says.HasGrade: _whom_grade,
    says.HasPosition: lambda condition, names: (
        _("positions that say %(words)s") % {"words": any_of([f"“{word}”" for word in condition.words])}
    ),
    says.HasEmployment: lambda condition, names: _named(condition.types, names.employments),
    says.HasSex: lambda condition, names: _("women") if condition.sex == "f" else _("men"),
    says.OfAge: _whom_age,
    says.JoinedBetween: _whom_joined,
    says.HasServed: _whom_served,
    says.HasCompleted: _whom_completed,
    says.HasHours: _whom_hours,
    says.IsListed: lambda condition, names: (
        ngettext("%d person on a list", "%d people on a list", len(condition.people)) % len(condition.people)
    ),
}


def _own_unit(condition: says.Condition, facts: Facts, today: date, names: Names) -> str:
    if facts.unit_id is None:
        return _("you belong to no unit at present")
    return _("your unit is %(unit)s") % {"unit": facts.unit_name}


def _own_unit_type(condition: says.InUnitType, facts: Facts, today: date, names: Names) -> str:
    if facts.unit_id is None:
        return _("you belong to no unit at present")
    kind = str(names.unit_types.get(facts.unit_type, facts.unit_type))
    return _("your unit is of the type %(kind)s") % {"kind": kind}


def _own_province(condition: says.InProvince, facts: Facts, today: date, names: Names) -> str:
    if facts.unit_id is None:
        return _("you belong to no unit at present")
    if not facts.province:
        return _("no province is on record for your unit")
    return _("your unit is in %(province)s") % {"province": names.provinces.get(facts.province, facts.province)}


def _own_grade(condition: says.HasGrade, facts: Facts, today: date, names: Names) -> str:
    if not facts.grade:
        return _("no grade is on record for you")
    return _("your grade is %(grade)s") % {"grade": facts.grade}


def _own_position(condition: says.HasPosition, facts: Facts, today: date, names: Names) -> str:
    if not facts.position:
        return _("no position is on record for you")
    return _("your position is %(position)s") % {"position": facts.position}


def _own_employment(condition: says.HasEmployment, facts: Facts, today: date, names: Names) -> str:
    if not facts.employment_type:
        return _("you belong to no unit at present")
    kind = str(names.employments.get(facts.employment_type, facts.employment_type))
    return _("your employment type is %(kind)s") % {"kind": kind}


def _own_sex(condition: says.HasSex, facts: Facts, today: date, names: Names) -> str:
    return "" if facts.sex else _("your sex is not on record")


def _own_age(condition: says.OfAge, facts: Facts, today: date, names: Names) -> str:
    age = facts.age_on(today)
    if age is None:
        return _("your birth date is not on record")
    return _("you are %(age)d") % {"age": age}


def _own_joined(condition: says.JoinedBetween | says.HasServed, facts: Facts, today: date, names: Names) -> str:
    since = facts.joined_on(condition.where)
    if since is None:
        return _("you belong to no unit at present")
    if isinstance(condition, says.HasServed):
        months = (today.year - since.year) * 12 + today.month - since.month
        months -= since > months_before(today, months)
        return _("yours is %(length)s") % {"length": _months(max(months, 0))}
    return _("you did on %(day)s") % {"day": date_format(since)}


def _own_completed(condition: says.HasCompleted, facts: Facts, today: date, names: Names) -> str:
    done = {course for course, _hours, _year in facts.completed} & set(condition.courses)
    if done:
        return _("you completed %(courses)s") % {"courses": _named(sorted(done), names.courses)}
    return _("you have not completed it yet") if len(condition.courses) == 1 else _("you have completed none of them")


def _own_hours(condition: says.HasHours, facts: Facts, today: date, names: Names) -> str:
    return _("you have %(hours)d JP") % {"hours": facts.hours_in(today.year)}


_OWN: dict[type[says.Condition], Callable[[Any, Facts, date, Names], str]] = {
    says.InBranch: _own_unit,
    says.InUnitType: _own_unit_type,
    says.InProvince: _own_province,
    says.InRemoteArea: _own_unit,
    says.HasGrade: _own_grade,
    says.HasPosition: _own_position,
    says.HasEmployment: _own_employment,
    says.HasSex: _own_sex,
    says.OfAge: _own_age,
    says.JoinedBetween: _own_joined,
    says.HasServed: _own_joined,
    says.HasCompleted: _own_completed,
    says.HasHours: _own_hours,
    says.IsListed: lambda condition, facts, today, names: "",
}
