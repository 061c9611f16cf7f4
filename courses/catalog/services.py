"""What learners find in an outline follows what its activities have become."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import Course, OutlineItem


@transaction.atomic
def activity_changed(kind: str, activity_id: int, **changed: Any) -> None:
    """Give an activity's name (or passing grade) to every published lesson that holds it. Safe to repeat.

    Grades given so far stay as they are; who has not passed yet is measured by the new one.
    """
    shown = OutlineItem.objects.filter(activity_kind=kind, activity_id=activity_id)
    stale = shown.exclude(**changed)
    courses = list(stale.values_list("course_id", flat=True))
    stale.update(**changed)
    # Outlines are remembered by the moment of their course's publication.
    Course.objects.filter(pk__in=courses).exclude(published_at=None).update(published_at=timezone.now())
