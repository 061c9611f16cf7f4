"""Rules of audiences compiled to SQL: who meets one, and whose answer time has changed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum

from lms.enrollment.models import Enrollment
from lms.enrollment.rules import audiences as rules
from lms.people.models import Ancestry, Membership, OrgUnit, Person
from lms.people.rules import grades_between

DAY = timedelta(days=1)
PLACE = ("unit_id", "employment_type", "position", "grade", "starts_on")


def matching(rule: rules.Node, today: date) -> QuerySet[Person]:
    """Active people who meet the rule on a day, as one query that can be counted, joined and inserted from."""
    people: QuerySet[Person] = Person.objects.filter(is_active=True)
    if any(rules.Change.PLACE in condition.follows for condition in rules.conditions_of(rule)):
        # One join for all conditions on her place of today; at most one row holds, so nobody comes twice.
        people = people.alias(place=FilteredRelation("memberships", condition=Q(memberships__ends_on=None))).alias(
            **{f"place_{name}": F(f"place__{name}") for name in PLACE}
        )
    return people.filter(_compiled(rule, today, holds=True))


def make_room(cursor: Any) -> None:
    """Let PostgreSQL hash everybody's ids, in this transaction: with little memory it would compare each to all."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL work_mem = '128MB'")


def crossing(rule: rules.Node, after: date, today: date) -> Q | None:
    """People whose answer may differ between two days for no reason but time; ``None`` when there are none."""
    found: Q | None = None
    for condition in rules.conditions_of(rule):
        if rules.Change.DAY in condition.follows:
            crossed = _CROSSINGS[type(condition)](condition, after, today)
            if crossed is not None:
                found = crossed if found is None else found | crossed
    return found


def _compiled(node: rules.Node, today: date, *, holds: bool) -> Q:
    """The node, or its opposite. Opposites go down to the conditions, where what is unknown is told from what is not.

    SQL knows a third truth value, and NOT of it is not true: so no NOT stands above a column that may be empty.
    """
    if isinstance(node, rules.Group):
        is_none = node.operator == rules.Operator.NONE
        parts = [_compiled(part, today, holds=holds != is_none) for part in node.of]
        whole = parts[0]
        for part in parts[1:]:
            whole = whole & part if (node.operator == rules.Operator.ANY) != holds else whole | part
        return whole
    return _CONDITIONS[type(node)](node, today, holds)


def _place(name: str, **lookups: Any) -> Callable[[bool], Q]:
    """A condition on her place of today, which she may not have."""
    column = f"place_{name}"
    found = Q()
    for lookup, value in lookups.items():
        found &= Q(**{f"{column}__{lookup}": value})
    return lambda holds: found if holds else ~found | Q(**{f"{column}__isnull": True})


def _place_in_units(units: QuerySet[Any, Any], holds: bool) -> Q:
    return _place("unit_id", **{"in": units})(holds)


def _ids(people: QuerySet[Any, Any], holds: bool) -> Q:
    found = Q(pk__in=people)
    return found if holds else ~found


def _branch(condition: rules.InBranch, today: date, holds: bool) -> Q:
    below = Ancestry.objects.filter(ends_on=None, ancestor__in=condition.units)
    return _place_in_units(below.values("unit"), holds)


def _unit_type(condition: rules.InUnitType, today: date, holds: bool) -> Q:
    return _place_in_units(OrgUnit.objects.filter(unit_type__in=condition.types).values("pk"), holds)


def _province(condition: rules.InProvince, today: date, holds: bool) -> Q:
    return _place_in_units(OrgUnit.objects.filter(province_code__in=condition.provinces).values("pk"), holds)


def _remote(condition: rules.InRemoteArea, today: date, holds: bool) -> Q:
    return _place_in_units(OrgUnit.objects.filter(is_remote=condition.is_remote).values("pk"), holds)


def _grade(condition: rules.HasGrade, today: date, holds: bool) -> Q:
    grades = grades_between(condition.scheme, condition.at_least, condition.at_most)
    return _place("grade", **{"in": grades})(holds)


def _position(condition: rules.HasPosition, today: date, holds: bool) -> Q:
    found = Q()
    for word in condition.words:
        found |= Q(place_position__icontains=word)
    return found if holds else ~found | Q(place_position__isnull=True)


def _employment(condition: rules.HasEmployment, today: date, holds: bool) -> Q:
    return _place("employment_type", **{"in": condition.types})(holds)


def _sex(condition: rules.HasSex, today: date, holds: bool) -> Q:
    return Q(sex=condition.sex) if holds else ~Q(sex=condition.sex)


def _age(condition: rules.OfAge, today: date, holds: bool) -> Q:
    found = Q(birth_on__isnull=False)
    if condition.at_least is not None:
        found &= Q(birth_on__lte=rules.years_before(today, condition.at_least))
    if condition.at_most is not None:
        found &= Q(birth_on__gt=rules.years_before(today, condition.at_most + 1))
    return found if holds else ~found | Q(birth_on__isnull=True)


def _joined(condition: rules.JoinedBetween, today: date, holds: bool) -> Q:
    return _joined_between(condition.where, condition.first_on, condition.last_on, holds)


def _served(condition: rules.HasServed, today: date, holds: bool) -> Q:
    first = last = None
    if condition.at_least is not None:
        last = rules.months_before(today, condition.at_least)
    if condition.at_most is not None:
        first = rules.months_before(today, condition.at_most + 1) + DAY
    return _joined_between(condition.where, first, last, holds)


def _joined_between(where: str, first: date | None, last: date | None, holds: bool) -> Q:
    """Who belongs here today and did on ``last``, but not yet on the day before ``first``."""
    found, opposite = Q(place_unit_id__isnull=False), Q(place_unit_id__isnull=True)
    if last is not None:
        found &= _was_there(where, last, holds=True)
        opposite |= _was_there(where, last, holds=False)
    if first is not None:
        found &= _was_there(where, first - DAY, holds=False)
        opposite |= _was_there(where, first - DAY, holds=True)
    return found if holds else opposite


def _was_there(where: str, day: date, *, holds: bool) -> Q:
    """Whether somebody who belongs here today did on ``day``; in the ministry, since she came at all.

    For nearly everybody her place of today says so. Only rows that have ended are looked at beside it, once for all
    people: asked for each of them in turn, they took most of the time of a preview.
    """
    ended = Membership.objects.filter(starts_on__lte=day, ends_on__isnull=False)
    if where == rules.Joined.UNIT:
        now = Membership.objects.filter(person=OuterRef("person"), unit=OuterRef("unit"), ends_on=None)
        ended = ended.filter(Exists(now), ends_on__gte=day)
    before = Q(pk__in=ended.values("person"))
    return Q(place_starts_on__lte=day) | before if holds else Q(place_starts_on__gt=day) & ~before


def _completed(condition: rules.HasCompleted, today: date, holds: bool) -> Q:
    done = Enrollment.objects.seated().completed().filter(run__course__in=condition.courses)
    return _ids(done.values("person"), holds == condition.done)


def _hours(condition: rules.HasHours, today: date, holds: bool) -> Q:
    hours = _completed_in(today.year).values("person").annotate(hours=Sum("run__course__jp")).order_by()
    found = Q()
    if condition.at_least is not None:
        found &= Q(pk__in=hours.filter(hours__gte=condition.at_least).values("person"))
    if condition.at_most is not None:
        found &= ~Q(pk__in=hours.filter(hours__gt=condition.at_most).values("person"))
    return found if holds else ~found


def _completed_in(year: int) -> QuerySet[Any]:
    done: QuerySet[Any] = Enrollment.objects.seated().completed().filter(progress__completed_at__year=year)
    return done


def _listed(condition: rules.IsListed, today: date, holds: bool) -> Q:
    found = Q(pk__in=condition.people)
    return found if holds else ~found


_CONDITIONS: dict[type[rules.Condition], Callable[[Any, date, bool], Q]] = {
    rules.InBranch: _branch,
    rules.InUnitType: _unit_type,
    rules.InProvince: _province,
    rules.InRemoteArea: _remote,
    rules.HasGrade: _grade,
    rules.HasPosition: _position,
    rules.HasEmployment: _employment,
    rules.HasSex: _sex,
    rules.OfAge: _age,
    rules.JoinedBetween: _joined,
    rules.HasServed: _served,
    rules.HasCompleted: _completed,
    rules.HasHours: _hours,
    rules.IsListed: _listed,
}


def _birthdays(condition: rules.OfAge, after: date, today: date) -> Q | None:
    found: Q | None = None
    for years in (condition.at_least, None if condition.at_most is None else condition.at_most + 1):
        if years is not None:
            born = Q(birth_on__gt=rules.years_before(after, years), birth_on__lte=rules.years_before(today, years))
            found = born if found is None else found | born
    return found


def _anniversaries(condition: rules.HasServed, after: date, today: date) -> Q | None:
    found: Q | None = None
    for months in (condition.at_least, None if condition.at_most is None else condition.at_most + 1):
        if months is not None:
            # Whoever came to be there in these days, or no longer was, has a row that begins or ends in them.
            first, last = rules.months_before(after, months), rules.months_before(today, months)
            begun = Q(starts_on__gt=first, starts_on__lte=last) | Q(ends_on__gte=first, ends_on__lt=last)
            moved = Q(pk__in=Membership.objects.filter(begun).values("person"))
            found = moved if found is None else found | moved
    return found


def _new_year(condition: rules.HasHours, after: date, today: date) -> Q | None:
    if after.year == today.year:
        return None
    return Q(pk__in=_completed_in(after.year).values("person")) | Q(pk__in=_completed_in(today.year).values("person"))


_CROSSINGS: dict[type[rules.Condition], Callable[[Any, date, date], Q | None]] = {
    rules.OfAge: _birthdays,
    rules.HasServed: _anniversaries,
    rules.HasHours: _new_year,
}
