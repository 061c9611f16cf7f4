"""What is held while progress is written: the row of an enrollment, by everybody who writes anything of it."""

from typing import TYPE_CHECKING

from lms.progress.models import CourseProgress

if TYPE_CHECKING:
    from django.db.models import QuerySet


def locked() -> "QuerySet[CourseProgress]":
    """Progress to be held to the end of the transaction. Of several, ask in the order of their keys."""
    return CourseProgress.objects.select_for_update(no_key=True, of=("self",))
