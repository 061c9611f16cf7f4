"""What follows from learning in the apps below, which do not know this one."""

from lms.enrollment.models import Enrollment
from lms.enrollment.services import follow_completion, fulfill
from lms.events.services import receiver
from lms.progress.events import CourseCompleted


@receiver(CourseCompleted)
def update_audiences(event: CourseCompleted) -> None:
    """Note what was mandatory and is done; let her enter or leave the audiences that ask what was completed."""
    enrollment = Enrollment.objects.select_related("run").only("run__course_id").get(pk=event.enrollment_id)
    fulfill(event.person_id, enrollment.run.course_id)
    follow_completion(event.person_id, enrollment.run.course_id)
