"""What learners find in an outline follows what its activities have become."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import Course, OutlineItem


@transaction.atomic
def activity_changed(kind: str, activity_id: int, *, title: str, passing_grade: Decimal | None) -> None:
    """Give an activity's name and passing grade to every published lesson that holds it. Safe to repeat.

    Grades given so far stay as they are; who has not passed yet is measured by the new one.
    """
    shown = OutlineItem.objects.filter(activity_kind=kind, activity_id=activity_id)
    stale = shown.exclude(title=title, passing_grade=passing_grade)
    courses = list(stale.values_list("course_id", flat=True))
    stale.update(title=title, passing_grade=passing_grade)
    # Outlines are remembered by the moment of their course's publication.
    Course.objects.filter(pk__in=courses).exclude(published_at=None).update(published_at=timezone.now())
