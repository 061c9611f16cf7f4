"""What is open and what is complete, decided on plain values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

MOST_SECONDS_AT_ONCE = 60
"""A package tells its time often; what it tells of more than this much at once is not believed."""


class Section(Protocol):
    @property
    def pk(self) -> int: ...

    @property
    def is_gate(self) -> bool: ...


def locking_gates(
    sections: Sequence[Section], required_of: Mapping[int | None, Collection[int]], complete_ids: Collection[int]
) -> dict[int, int]:
    """By section: the first gate before it that is not passed. A section that is not named here is open."""
    gates: dict[int, int] = {}
    closed_by: int | None = None
    complete = set(complete_ids)
    for section in sections:
        if closed_by is not None:
            gates[section.pk] = closed_by
        elif section.is_gate and not complete.issuperset(required_of.get(section.pk, ())):
            closed_by = section.pk
    return gates


def is_passed(score: Decimal | None, passing_grade: Decimal | None) -> bool:
    """Whether an activity that says it is complete counts as such."""
    return passing_grade is None or (score is not None and score >= passing_grade)


def better(score: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The best so far."""
    if score is None or other is None:
        return score if other is None else other
    return max(score, other)


def course_score(scores: Iterable[Decimal | None]) -> Decimal | None:
    """The grade of a course: the mean of its graded activities that have a score."""
    known = [score for score in scores if score is not None]
    if not known:
        return None
    return (sum(known, Decimal()) / len(known)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def believable_seconds(reported: float, elapsed: float) -> int:
    """How much of the reported time can be true: never more than went by on the server's clock."""
    return int(max(0, min(reported, elapsed, MOST_SECONDS_AT_ONCE)))
