"""What happens while people learn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseStarted:
    """Somebody opened her first lesson of a run."""

    enrollment_id: int
    run_id: int


@dataclass(frozen=True)
class CourseCompleted:
    """The last required item of an enrollment was completed."""

    enrollment_id: int
    run_id: int
    person_id: int
