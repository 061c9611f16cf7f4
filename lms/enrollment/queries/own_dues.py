"""What one person owes, with what to take and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from courses.catalog.models import Course
from lms.enrollment.models import Due, Enrollment, PlanCourse
from lms.enrollment.queries import facts
from lms.enrollment.rules import audiences
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class ToTake:
    """A course that fulfills a due; ``enrollment_id`` is the seat she has in it, if any."""

    course: Course
    enrollment_id: int | None


@dataclass(slots=True)
class OwnDue:
    """One of her dues: ``days_left`` is negative when it is overdue; ``why`` says whom it is for."""

    due: Due
    days_left: int
    to_take: list[ToTake] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0

    @property
    def days_late(self) -> int:
        return -self.days_left


def open_dues_of(person: Person, today: date) -> list[OwnDue]:
    """What she has to complete, the most pressing first: one query when that is nothing, five or so for any number."""
    dues = list(
        Due.objects.of(person).open().select_related("plan__audience").order_by("due_on", "plan__title", "cycle")
    )
    own = [OwnDue(due, (due.due_on - today).days) for due in dues]
    if not own:
        return []
    courses = defaultdict(list)
    asked = PlanCourse.objects.filter(plan__in={due.plan_id for due in dues}, is_equivalent=False)
    for row in asked.select_related("course").order_by("course__title"):
        courses[row.plan_id].append(row.course)
    seats = _seats(person, [course.pk for some in courses.values() for course in some])
    rules = {each.due.plan_id: audiences.stored_rule(each.due.plan.audience.rule) for each in own}
    names = facts.names_in(rules.values())
    for each in own:
        each.to_take = [ToTake(course, seats.get(course.pk)) for course in courses[each.due.plan_id]]
        each.why = audiences.describe(rules[each.due.plan_id], names)
    return own


def _seats(person: Person, course_ids: Sequence[int]) -> dict[int, int]:
    seated = (
        Enrollment.objects.seated()
        .filter(person=person, run__course__in=course_ids)
        .exclude(progress__completed_at__isnull=False)
    )
    return dict(seated.order_by("pk").values_list("run__course_id", "pk"))


def settled_dues_of(person: Person) -> list[Due]:
    """What she did and what she was excused from, the latest first; results of every round stay."""
    settled = Due.objects.filter(person=person).exclude(state=Due.State.DUE)
    return list(
        settled.select_related("plan", "enrollment__run__course", "exemption").order_by("-due_on", "plan__title", "-pk")
    )
