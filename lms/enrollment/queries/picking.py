"""Looking for the units, courses and people that a rule names."""

from collections.abc import Collection, Iterable

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from courses.catalog.models import Course
from lms.enrollment.queries.preview import Named, shown_to, with_units
from lms.people.models import OrgUnit, Person, UnitType
from lms.people.queries import holders_of

FOUND = 20
"""So many are shown; whoever looks for another types more."""


def units_named(ids: Collection[int], viewer: Person) -> list[Named]:
    """These units; of no use to anybody but for their names, so everybody may read them."""
    return [Named(unit.pk, unit.name, _place(unit)) for unit in _units().filter(pk__in=ids)]


def find_units(text: str, viewer: Person) -> list[Named]:
    """Units in use whose name, or the name above, has all the words, or whose code it is; greater ones first."""
    found = Q()
    for word in text.split():
        found &= Q(name__icontains=word) | Q(parent__name__icontains=word)
    ranks = [When(unit_type=kind, then=Value(place)) for place, kind in enumerate(UnitType.values)]
    units = _units().filter(found | Q(code__iexact=text.strip()), closed_on=None)
    ranked = units.annotate(rank=Case(*ranks, default=Value(99), output_field=IntegerField()))
    return [Named(unit.pk, unit.name, _place(unit)) for unit in ranked.order_by("rank", "name", "pk")[:FOUND]]


def _units() -> QuerySet[OrgUnit]:
    units: QuerySet[OrgUnit] = OrgUnit.objects.select_related("parent").order_by("name", "pk")
    return units


def _place(unit: OrgUnit) -> str:
    return unit.parent.name if unit.parent else unit.get_unit_type_display()


def courses_named(ids: Collection[int], viewer: Person) -> list[Named]:
    """These courses, also those that are offered no longer."""
    return [Named(pk, title, f"{jp} JP") for pk, title, jp in _courses().filter(pk__in=ids)]


def find_courses(text: str, viewer: Person) -> list[Named]:
    """Published courses with all the words in what is searched of them."""
    found = Q()
    for word in text.lower().split():
        found &= Q(search_text__contains=word)
    rows = _courses().exclude(published_at=None).filter(found)
    return [Named(pk, title, f"{jp} JP") for pk, title, jp in rows[:FOUND]]


def _courses() -> "QuerySet[Course, tuple[int, str, int]]":
    return Course.objects.order_by("title", "pk").values_list("pk", "title", "jp")


def people_named(ids: Collection[int], viewer: Person) -> list[Named]:
    """Those of these people whose names she may read."""
    return with_units(Person.objects.filter(pk__in=ids).filter(shown_to(viewer)).order_by("full_name", "pk"))


def find_people(text: str, viewer: Person) -> list[Named]:
    """People of her branches by words of their name, or one by a whole number or e-mail."""
    if is_address(text):
        return people_named(list(ids_of([text], viewer).values()), viewer)
    found = Q()
    for word in text.split():
        found &= Q(full_name__icontains=word)
    return with_units(Person.objects.filter(found).filter(shown_to(viewer)).order_by("full_name", "pk")[:FOUND])


def is_address(text: str) -> bool:
    """Whether it is written like an e-mail or a number rather than a name."""
    return "@" in text or sum(letter.isdigit() for letter in text) > 4


def ids_of(lines: Iterable[str], viewer: Person) -> dict[str, int]:
    """Whom the e-mails and numbers of a list are of, as far as they are people of her branches, in three queries."""
    lines = list(lines)
    emails = {line.strip().lower(): line for line in lines if "@" in line}
    people = Person.objects.filter(shown_to(viewer))
    found = {emails[email]: pk for pk, email in people.filter(email__in=emails).values_list("pk", "email")}
    holders = holders_of(line for line in lines if "@" not in line and is_address(line))
    known = set(people.filter(pk__in=holders.values()).values_list("pk", flat=True))
    return found | {line: pk for line, pk in holders.items() if pk in known}
