"""Splitting the learners of a run into classes, in the order in which they arrived."""

from collections.abc import Collection, Iterator, Sequence

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment.errors import ClassTooSmall
from lms.enrollment.models import ClassMember, ClassSplit, Enrollment, RunClass
from lms.enrollment.services.messages import TEACHING, welcome
from lms.notifications.services import notify
from lms.people.models import Person


@transaction.atomic
def split_run(run: CourseRun, size: int | None, *, by: Person) -> None:
    """Split a run into classes of ``size``, now and as learners come; ``None`` splits nobody any more.

    Learners stay in the class they are in. A smaller size than what a class holds is refused.
    """
    split = _lock(run.pk)
    before = split.size if split else None
    if before == size:
        return
    if size is None:
        ClassSplit.objects.filter(run=run).delete()
    else:
        classes = RunClass.objects.filter(run=run)
        if classes.filter(members__gt=size).exists():
            raise ClassTooSmall
        ClassSplit.objects.update_or_create(run=run, defaults={"size": size})
        classes.update(size=size)
    record("enrollment.split_run", [run], by=by, before=before, after=size)
    if size is not None:
        fill_classes(run.pk)


@transaction.atomic
def fill_classes(run_id: int, enrollment_ids: Collection[int] | None = None) -> int:
    """Give a class to every learner of the run who has none, by arrival; returns how many they were.

    Free places of the classes there are come first, then new classes. The same few statements for two learners or two
    thousand; safe to repeat, and at the same moment in several workers. With ``enrollment_ids`` nothing is done when
    all of these have a class by now, because somebody who came with them has brought the others along.
    """
    split = _lock(run_id)
    if split is None:
        return 0
    placed = ClassMember.objects.filter(run=run_id, person=OuterRef("person"))
    learners = Enrollment.objects.seated().filter(~Exists(placed), run=run_id)
    if enrollment_ids is not None and not learners.filter(pk__in=enrollment_ids).exists():
        return 0
    person_ids = list(learners.order_by("arrival").values_list("person_id", flat=True))
    if not person_ids:
        return 0
    all_classes = RunClass.objects.filter(run=run_id)
    classes = list(all_classes.filter(members__lt=F("size")).order_by("number"))
    last = all_classes.aggregate(last=Max("number"))["last"] or 0
    missing = max(0, len(person_ids) - sum(each.free for each in classes))
    numbers = range(last + 1, last + 1 - (-missing // split.size))
    classes += RunClass.objects.bulk_create(RunClass(run_id=run_id, number=n, size=split.size) for n in numbers)
    now = timezone.now()
    rows = [
        ClassMember(run_id=run_id, person_id=person_id, group_id=group_id, since=now)
        for person_id, group_id in zip(person_ids, _places(classes), strict=False)
    ]
    ClassMember.objects.bulk_create(rows)
    _count({row.group_id for row in rows})
    return len(rows)


def receive_learners(run_id: int, enrollment_ids: Collection[int], *, has_waited: bool) -> None:
    """What follows from getting a seat: words of welcome, and a class. Safe to repeat.

    Who has waited was told by the words for those who move up.
    """
    if not has_waited:
        welcome(enrollment_ids)
    fill_classes(run_id, enrollment_ids)


@transaction.atomic
def leave_classes(run_id: int, enrollment_ids: Collection[int]) -> int:
    """Take those out of the run's classes who gave their seat back and took no other; returns how many they were.

    Safe to repeat.
    """
    _lock(run_id)
    seated = Enrollment.objects.seated().filter(run=run_id, person=OuterRef("person"))
    people = Enrollment.objects.filter(pk__in=enrollment_ids).values("person")
    gone = list(
        ClassMember.objects.filter(~Exists(seated), run=run_id, person__in=people).values_list("pk", "group_id")
    )
    ClassMember.objects.filter(pk__in=[pk for pk, _group in gone]).delete()
    _count({group_id for _pk, group_id in gone})
    return len(gone)


@transaction.atomic
def appoint(group: RunClass, instructor: Person | None, *, by: Person) -> None:
    """Make somebody the instructor of a class and tell her; ``None`` leaves it without one."""
    held = RunClass.objects.select_for_update(no_key=True, of=("self",)).get(pk=group.pk)
    before = held.instructor_id
    if before == (instructor.pk if instructor else None):
        return
    held.instructor = instructor
    held.save(update_fields=["instructor"])
    record("enrollment.appoint", [held], by=by, before=before, after=held.instructor_id)
    if instructor:
        run = CourseRun.objects.select_related("course").get(pk=held.run_id)
        values = {"course": run.course.title, "run": run.title, "number": held.number}
        notify(
            [instructor.pk], TEACHING, values, key=f"class:{held.pk}", url=reverse("enrollment:class", args=[held.pk])
        )


def _lock(run_id: int) -> ClassSplit | None:
    """The turn of splitting this run: held to the end of the transaction."""
    split: ClassSplit | None = ClassSplit.objects.select_for_update(no_key=True).filter(run=run_id).first()
    return split


def _places(classes: Sequence[RunClass]) -> Iterator[int]:
    for each in classes:
        for _place in range(each.free):
            yield each.pk


def _count(group_ids: Collection[int]) -> None:
    """Write down how many learners these classes have; a class never holds more than its size, says a constraint."""
    own = ClassMember.objects.filter(group=OuterRef("pk")).order_by().values("group")
    held = Coalesce(Subquery(own.annotate(held=Count("pk")).values("held"), output_field=IntegerField()), 0)
    RunClass.objects.filter(pk__in=group_ids).update(members=held)
