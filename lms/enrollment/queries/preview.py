"""What saving a rule would do: how many people it holds, who enters and who leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from lms.enrollment.models import Audience, AudienceMember
from lms.enrollment.queries.matching import make_room, matching
from lms.enrollment.querysets import EDITORS
from lms.enrollment.rules import audiences as rules
from lms.people.models import Ancestry, Membership, Person
from lms.people.queries import branch_roots

NAMED = 20
MANY = 20_000
FIRST = 2_000


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be named: its id, what it is called, and what tells it from others of that name."""

    pk: int
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Counts are of everybody; names, the first ones, only of people in the branches of whoever looks."""

    total: int
    entering: int
    leaving: int
    entering_people: list[Named]
    leaving_people: list[Named]

    @property
    def staying(self) -> int:
        return self.total - self.entering


def preview(rule: rules.Group, viewer: Person, today: date, audience: Audience | None = None) -> Preview:
    """Whom a rule would hold, and what would change against the people of an audience. Nothing is written."""
    meets = matching(rule, today)
    with transaction.atomic(), connection.cursor() as cursor:
        make_room(cursor)
        if audience is None:
            total = meets.count()
            return Preview(total, total, 0, first_named(meets, viewer, total), [])
        rows = AudienceMember.objects.filter(audience=audience)
        stays = Q(pk__in=rows.values("person"))
        counted = meets.aggregate(total=Count("pk"), staying=Count("pk", filter=stays))
        total, staying = counted["total"], counted["staying"]
        entering, leaving = total - staying, rows.count() - staying
        enter = meets.filter(~Exists(rows.filter(person=OuterRef("pk"))))
        gone = rows.filter(~Exists(meets.filter(pk=OuterRef("person"))))
        leave = Person.objects.filter(pk__in=gone.values("person"))
        return Preview(
            total,
            entering,
            leaving,
            first_named(enter, viewer, entering) if entering else [],
            first_named(leave, viewer, leaving) if leaving else [],
        )


def shown_to(viewer: Person) -> Q:
    """The people whose names an editor of audiences may read: today's members of the units in her branches.

    Her branches are named by their tops: read first, they let the database know how many people that is.
    """
    tops = list(branch_roots(viewer, *EDITORS).values_list("pk", "parent"))
    if viewer.is_superuser or any(parent is None for _pk, parent in tops):
        return Q()
    branches = Ancestry.objects.filter(ends_on=None, ancestor__in=[pk for pk, _parent in tops]).values("unit")
    return Q(pk__in=Membership.objects.filter(ends_on=None, unit__in=branches).values("person"))


def first_named(people: QuerySet[Person], viewer: Person, number: int) -> list[Named]:
    """The first of these people by name, as far as she may read their names; ``number`` is how many there are of them.

    Of many, enough are among the first names of the ministry: the rule is asked for no others. Of few, who is meant is
    found first, and then sorted: the way along the index of names would lead past everybody.
    """
    shown = people.filter(shown_to(viewer))
    if number > MANY:
        far = Person.objects.order_by("full_name", "pk").values_list("full_name", flat=True)[FIRST : FIRST + 1].first()
        soon = list(shown.filter(full_name__lt=far).order_by("full_name", "pk")[:NAMED]) if far else []
        if len(soon) == NAMED:
            return with_units(soon)
    return with_units(shown.order_by(Concat("full_name", Value("")), "pk")[:NAMED])


def with_units(people: Iterable[Person]) -> list[Named]:
    """People with the units they belong to today, in one query for all units."""
    shown = list(people)
    rows = Membership.objects.filter(ends_on=None, person__in=[person.pk for person in shown])
    units = dict(rows.values_list("person", "unit__name"))
    return [Named(person.pk, person.name, units.get(person.pk, "")) for person in shown]
