"""What rules ask about one person, and what is named in them, read from the database."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from courses.catalog.models import Course
from lms.enrollment.models import Enrollment
from lms.enrollment.rules import audiences as rules
from lms.people.models import Ancestry, EmploymentType, Membership, OrgUnit, Person, Sex, UnitType
from lms.people.queries import provinces


def facts_of_person(person: Person) -> rules.Facts:
    """All that any rule can ask about her, in three queries."""
    stays = list(Membership.objects.filter(person=person).select_related("unit").order_by("starts_on"))
    current = next((stay for stay in stays if stay.ends_on is None), None)
    above: frozenset[int] = frozenset()
    if current:
        above = frozenset(
            Ancestry.objects.filter(unit=current.unit_id, ends_on=None).values_list("ancestor_id", flat=True)
        )
    done = Enrollment.objects.seated().completed().filter(person=person)
    rows = done.values_list("run__course_id", "run__course__jp", "progress__completed_at")
    return rules.Facts(
        person_id=person.pk,
        is_active=person.is_active,
        sex=person.sex,
        birth_on=person.birth_on,
        unit_id=current.unit_id if current else None,
        unit_name=current.unit.name if current else "",
        units_above=above,
        unit_type=current.unit.unit_type if current else "",
        province=current.unit.province_code if current else "",
        is_remote=current.unit.is_remote if current else False,
        employment_type=current.employment_type if current else "",
        position=current.position if current else "",
        grade=current.grade if current else "",
        stays=tuple(rules.Stay(stay.unit_id, stay.starts_on, stay.ends_on) for stay in stays),
        completed=tuple((course, jp, timezone.localdate(moment).year) for course, jp, moment in rows),
    )


def names_in(given: Iterable[rules.Node]) -> rules.Names:
    """What the units, courses and choices in some rules are called, in at most two queries."""
    conditions = [condition for rule in given for condition in rules.conditions_of(rule)]
    units = {pk for each in conditions if isinstance(each, rules.InBranch) for pk in each.units}
    courses = {pk for each in conditions if isinstance(each, rules.HasCompleted) for pk in each.courses}
    return rules.Names(
        units=dict(OrgUnit.objects.filter(pk__in=units).values_list("pk", "name")) if units else {},
        courses=dict(Course.objects.filter(pk__in=courses).values_list("pk", "title")) if courses else {},
        provinces=provinces(),
        unit_types=dict(UnitType.choices),
        employments=dict(EmploymentType.choices),
        sexes=dict(Sex.choices),
    )


def why_not(person: Person, given: dict[int, rules.Group], today: date) -> dict[int, list[str]]:
    """Why she does not meet each of the rules, by its key: in sentences, in a number of queries that stays the same."""
    if not given:
        return {}
    facts, names = facts_of_person(person), names_in(given.values())
    return {key: rules.explain(rule, facts, today, names) for key, rule in given.items()}
