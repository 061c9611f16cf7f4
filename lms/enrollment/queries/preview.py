"""What saving a rule would do: how many people it holds, who enters and who leaves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.enrollment.models import Audience, AudienceMember
from lms.enrollment.queries.matching import make_room, matching
from lms.enrollment.querysets import EDITORS
from lms.enrollment.rules import audiences as rules
from lms.people.models import Ancestry, Membership, Person
from lms.people.queries import branch_roots

NAMED = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """Counts are of everybody; names, the first ones, only of people in the branches of whoever looks."""

    total: int
    entering: int
    leaving: int
    entering_names: list[str]
    leaving_names: list[str]


def preview(rule: rules.Group, viewer: Person, today: date, audience: Audience | None = None) -> Preview:
    """Whom a rule would hold, and what would change against the people of an audience. Nothing is written."""
    meets = matching(rule, today)
    with transaction.atomic(), connection.cursor() as cursor:
        make_room(cursor)
        total = meets.count()
        if audience is None:
            return Preview(total, total, 0, _names(meets, viewer), [])
        rows = AudienceMember.objects.filter(audience=audience)
        staying = rows.filter(Exists(meets.filter(pk=OuterRef("person")))).count()
        entering, leaving = total - staying, rows.count() - staying
        enter = meets.filter(~Exists(rows.filter(person=OuterRef("pk"))))
        gone = rows.filter(~Exists(meets.filter(pk=OuterRef("person"))))
        leave = Person.objects.filter(pk__in=gone.values("person"))
        return Preview(
            total,
            entering,
            leaving,
            _names(enter, viewer) if entering else [],
            _names(leave, viewer) if leaving else [],
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


def _names(people: QuerySet[Any], viewer: Person) -> list[str]:
    return [person.name for person in people.filter(shown_to(viewer)).order_by("full_name", "pk")[:NAMED]]
