"""What changes a sum."""

from lms.enrollment.events import Enrolled, Waitlisted, Withdrawn
from lms.events.services import receiver
from lms.progress.events import CourseCompleted, CourseStarted
from lms.reports import services


@receiver(Enrolled)
def count_seated(event: Enrolled) -> None:
    """Count the new places."""
    services.fold(event.enrollment_ids)


@receiver(Waitlisted)
def count_waiting(event: Waitlisted) -> None:
    """Count those who wait."""
    services.fold(event.enrollment_ids)


@receiver(Withdrawn)
def count_withdrawn(event: Withdrawn) -> None:
    """Take those who left out of the sums."""
    services.fold(event.enrollment_ids)


@receiver(CourseStarted)
def count_started(event: CourseStarted) -> None:
    """Count a start."""
    services.fold([event.enrollment_id])


@receiver(CourseCompleted)
def count_completed(event: CourseCompleted) -> None:
    """Count a completion."""
    services.fold([event.enrollment_id])
