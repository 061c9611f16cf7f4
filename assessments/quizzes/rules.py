"""How attempts are counted and graded, and what a learner may know, decided on plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

GRACE = timedelta(seconds=30)
"""What was answered in time may arrive this much later: a slow line is not the learner's fault."""


def deadline(started_at: datetime, minutes: int | None, run_ends_at: datetime) -> datetime:
    """When an attempt ends: by the quiz's own limit, and never after the run."""
    return run_ends_at if minutes is None else min(started_at + timedelta(minutes=minutes), run_ends_at)


def is_over(deadline_at: datetime | None, now: datetime) -> bool:
    """Whether nothing that arrives now is counted any more."""
    return deadline_at is not None and now > deadline_at + GRACE


def paper(questions: Iterable[tuple[int, str, Decimal, Sequence[str]]], chance: Random | None) -> list[dict[str, Any]]:
    """What is asked, fixed at the start, from ``(version, kind, points, parts)``; ``chance`` shuffles it."""
    entries: list[dict[str, Any]] = [
        {"version": version, "kind": kind, "points": str(points), "order": list(parts)}
        for version, kind, points, parts in questions
    ]
    if chance is not None:
        chance.shuffle(entries)
        for entry in entries:
            chance.shuffle(entry["order"])
    return entries


def grade(marks: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """0-100 from ``(fraction, points)`` of each question, rounded half up as on paper."""
    rows = list(marks)
    total = sum((points for _fraction, points in rows), Decimal(0))
    if not total:
        return Decimal(0)
    earned = sum((fraction * points for fraction, points in rows), Decimal(0))
    return (100 * earned / total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def known_answers(answers: Mapping[str, Any], versions: Iterable[int]) -> dict[str, Any]:
    """The answers to questions that are on the paper; anything else that was sent is left out."""
    asked = {str(version) for version in versions}
    return {key: answer for key, answer in answers.items() if key in asked}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands with a quiz. ``passing_grade`` is ``None`` where there is nothing to pass."""

    used: int
    allowed: int | None
    passing_grade: Decimal | None
    best: Decimal | None
    has_open: bool

    @property
    def has_passed(self) -> bool:
        return self.best is not None and (self.passing_grade is None or self.best >= self.passing_grade)

    @property
    def is_graded_by_pass(self) -> bool:
        return self.passing_grade is not None

    @property
    def left(self) -> int | None:
        """Attempts left; ``None`` without limit."""
        return None if self.allowed is None else max(self.allowed - self.used, 0)

    @property
    def may_start(self) -> bool:
        """Passing ends the attempts: the key is shown then, and a grade copied from it would say nothing."""
        return self.left != 0 and not (self.is_graded_by_pass and self.has_passed)

    @property
    def has_failed(self) -> bool:
        """Not passed, and no attempt left to do so."""
        return self.best is not None and not self.has_passed and not self.may_start and not self.has_open

    @property
    def may_know_key(self) -> bool:
        """The key is nobody's while it can still be used: only when there is nothing to pass, or no attempt to come."""
        return not self.has_open and (not self.is_graded_by_pass or not self.may_start)
