"""What happens to places."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Enrolled:
    """These enrollments got a seat, at once or, where they have waited, from the waiting list."""

    many: ClassVar[str] = "enrollment_ids"

    run_id: int
    enrollment_ids: list[int]
    by_id: int | None
    has_waited: bool = False


@dataclass(frozen=True)
class Waitlisted:
    """These enrollments wait for a seat."""

    many: ClassVar[str] = "enrollment_ids"

    run_id: int
    enrollment_ids: list[int]


@dataclass(frozen=True)
class Offered:
    """These enrollments moved up from the waiting list: a seat is kept for them until ``ends_at``."""

    many: ClassVar[str] = "enrollment_ids"

    run_id: int
    enrollment_ids: list[int]
    ends_at: str


@dataclass(frozen=True)
class MovedUp:
    """These enrollments got a seat after waiting for one; ``Enrolled`` says it of them too."""

    many: ClassVar[str] = "enrollment_ids"

    run_id: int
    enrollment_ids: list[int]


@dataclass(frozen=True)
class Withdrawn:
    """These enrollments ended before completion; ``by_id`` is empty where an offer ran out."""

    many: ClassVar[str] = "enrollment_ids"

    run_id: int
    enrollment_ids: list[int]
    by_id: int | None


@dataclass(frozen=True)
class PeriodExtended:
    """A period stays open, or opens again, until ``closes_at``."""

    period_id: int
    closes_at: str
    reason: str


@dataclass(frozen=True)
class RunExtended:
    """The learners of a run have until ``ends_at``."""

    run_id: int
    ends_at: str
    reason: str


@dataclass(frozen=True)
class AudienceChanged:
    """These people entered an audience, and these left it: a part of a change, at most 1,000 people long."""

    audience_id: int
    entered: list[int]
    left: list[int]


@dataclass(frozen=True)
class AudienceRuleChanged:
    """An audience has a new rule, whose people are to be written in the background."""

    audience_id: int


@dataclass(frozen=True)
class PlanChanged:
    """What people owe of a plan is to be written in the background."""

    plan_id: int
