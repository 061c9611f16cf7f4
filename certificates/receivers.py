"""What follows from completing a course."""

from certificates import services
from lms.events.services import receiver
from lms.progress.events import CourseCompleted


@receiver(CourseCompleted)
def register_certificate(event: CourseCompleted) -> None:
    """Number the certificate; making its file follows."""
    services.register(event.enrollment_id)
