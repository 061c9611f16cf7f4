"""Who learns in which class, and who teaches."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from lms.common.statements import Statement, given_id
from lms.enrollment.models import ClassMember, Enrollment, RunClass
from lms.enrollment.querysets import EnrollmentQuerySet
from lms.people.models import Person


def classes_of(run_id: int) -> "QuerySet[RunClass]":
    """The classes of a run with their instructors, by number."""
    found: QuerySet[RunClass] = RunClass.objects.filter(run=run_id).select_related("instructor").order_by("number")
    return found


@dataclass(frozen=True, slots=True)
class ClassSums:
    """How the classes of a run stand."""

    classes: int
    learners: int
    without_instructor: int


def class_sums(run_id: int) -> ClassSums:
    """How many classes a run has, with how many learners, and how many of them nobody teaches."""
    row = RunClass.objects.filter(run=run_id).aggregate(
        classes=Count("pk"), learners=Sum("members"), alone=Count("pk", filter=Q(instructor=None))
    )
    return ClassSums(row["classes"], row["learners"] or 0, row["alone"])


def person_to_appoint(email: str) -> Person | None:
    """Who has this address, whole: numbers are never looked up, for nobody finds a stranger by one."""
    found: Person | None = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    return found


def learners_of(group: RunClass) -> EnrollmentQuerySet:
    """Those who learn in a class and have their seat still, by name."""
    member = ClassMember.objects.filter(group=group, person=OuterRef("person"))
    seated = Enrollment.objects.seated().filter(Exists(member), run=group.run_id)
    return seated.select_related("person", "unit", "progress").order_by("person__full_name", "pk")


def class_of(run_id: int, person: Person) -> RunClass | None:
    """The class in which she learns."""
    own = ClassMember.objects.filter(run=run_id, person=person)
    found: RunClass | None = RunClass.objects.filter(memberships__in=own).select_related("instructor").first()
    return found


def teaches(person: Any) -> bool:
    """Whether she is the instructor of a class; every page's menu asks."""
    return isinstance(person, Person) and _TAUGHT.first(person=person.pk) is not None


_TAUGHT: Statement[tuple[int]] = Statement(
    lambda: RunClass.objects.taught_by(given_id("person")).order_by().values_list("pk")[:1]
)
