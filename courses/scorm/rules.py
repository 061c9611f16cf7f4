"""What a package says of itself, read into our words on plain values; and when that is enough."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from courses.scorm.statements import is_satisfied

UNKNOWN = "unknown"
INCOMPLETE = "incomplete"
COMPLETED = "completed"
PASSED = "passed"
FAILED = "failed"

FINISHED_OR_PASSED = "finished"
ONLY_PASSED = "passed"

MOST_SECONDS = 10 * 365 * 24 * 3600
_CLOCK = re.compile(r"(\d{2,4}):(\d{2}):(\d{2})(?:\.\d{1,2})?", re.ASCII)
_SPAN = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:\.\d+)?S)?)?",
    re.ASCII,
)
_SPANS = (365 * 24 * 3600, 30 * 24 * 3600, 24 * 3600, 3600, 60, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far something is, how it went, and with which score (0-100)."""

    completion: str = UNKNOWN
    success: str = UNKNOWN
    score: Decimal | None = None
    progress: Decimal | None = None
    seconds: int = 0


def outcome_of_12(cmi: Mapping[str, Any]) -> Outcome:
    """What the data model of SCORM 1.2 says. One status there stands for how far and how it went."""
    core = _part(cmi, "core")
    status = core.get("lesson_status")
    completion, success = {
        PASSED: (COMPLETED, PASSED),
        COMPLETED: (COMPLETED, UNKNOWN),
        FAILED: (INCOMPLETE, FAILED),
        INCOMPLETE: (INCOMPLETE, UNKNOWN),
        "browsed": (INCOMPLETE, UNKNOWN),
    }.get(status if isinstance(status, str) else "", (UNKNOWN, UNKNOWN))
    return Outcome(completion, success, _score(_part(core, "score")), None, seconds_of(core.get("total_time")))


def outcome_of_2004(cmi: Mapping[str, Any]) -> Outcome:
    """What the data model of SCORM 2004 says."""
    completion, success = cmi.get("completion_status"), cmi.get("success_status")
    return Outcome(
        completion if completion in (COMPLETED, INCOMPLETE) else UNKNOWN,
        success if success in (PASSED, FAILED) else UNKNOWN,
        _score(_part(cmi, "score")),
        _between(_decimal(cmi.get("progress_measure")), Decimal(0), Decimal(1), "0.0001"),
        seconds_of(cmi.get("total_time")),
    )


def outcome_of_player(said: Mapping[str, Any], before: Outcome) -> Outcome:
    """What the rules of SCORM 2004 have made of an activity, over what the activity said itself."""
    completion, success = said.get("completion"), said.get("success")
    scaled = _decimal(said.get("scaled"))
    return Outcome(
        completion if completion in (COMPLETED, INCOMPLETE) else before.completion,
        success if success in (PASSED, FAILED) else before.success,
        before.score if scaled is None else _between(scaled * 100, Decimal(0), Decimal(100), "0.01"),
        before.progress,
        before.seconds,
    )


def rolled_up(outcomes: Iterable[Outcome]) -> Outcome:
    """A whole by its parts: done when all are, passed when all that say so are, its score the mean of theirs."""
    parts = list(outcomes)
    if not parts:
        return Outcome()
    completion = UNKNOWN
    if all(part.completion == COMPLETED for part in parts):
        completion = COMPLETED
    elif any(part.completion != UNKNOWN for part in parts):
        completion = INCOMPLETE
    judged = {part.success for part in parts if part.success != UNKNOWN}
    success = UNKNOWN
    if FAILED in judged:
        success = FAILED
    elif PASSED in judged and completion == COMPLETED:
        success = PASSED
    scores = [part.score for part in parts if part.score is not None]
    score = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), ROUND_HALF_UP) if scores else None
    return Outcome(completion, success, score, None, sum(part.seconds for part in parts))


def units_rolled_up(units: Iterable[tuple[str, Outcome]]) -> Outcome:
    """A cmi5 course by its units, each with when it lets move on: done when all of them do."""
    known = list(units)
    whole = rolled_up(outcome for _move_on, outcome in known)
    is_done_with = all(
        is_satisfied(move_on, completed=outcome.completion == COMPLETED, passed=outcome.success == PASSED)
        for move_on, outcome in known
    )
    completion = COMPLETED if is_done_with else (INCOMPLETE if whole.completion == COMPLETED else whole.completion)
    judged = {outcome.success for _move_on, outcome in known}
    success = FAILED if FAILED in judged else PASSED if PASSED in judged and is_done_with else UNKNOWN
    return replace(whole, completion=completion, success=success)


def best_of(before: Outcome, after: Outcome) -> Outcome:
    """What a way through a package has come to: who looks at it again, or tries once more, loses nothing."""
    scores = [score for score in (before.score, after.score) if score is not None]
    return replace(
        after,
        completion=COMPLETED if before.completion == COMPLETED else after.completion,
        success=PASSED if before.success == PASSED else after.success,
        score=max(scores, default=None),
    )


def is_done(by: str, outcome: Outcome) -> bool:
    """Whether the author's rule is met: that the package says it is finished, or that it says it is passed."""
    if by == ONLY_PASSED:
        return outcome.success == PASSED
    return outcome.success != FAILED and (outcome.completion == COMPLETED or outcome.success == PASSED)


def seconds_of(said: object) -> int:
    """A span of time as SCORM 1.2 (``0000:10:00.00``) or SCORM 2004 (``PT10M``) writes it; 0 for anything else."""
    if not isinstance(said, str):
        return 0
    if clock := _CLOCK.fullmatch(said):
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return min(hours * 3600 + minutes * 60 + seconds, MOST_SECONDS)
    if span := _SPAN.fullmatch(said):
        return min(sum(int(part or 0) * size for part, size in zip(span.groups(), _SPANS, strict=True)), MOST_SECONDS)
    return 0


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _score(score: Mapping[str, Any]) -> Decimal | None:
    scaled = _decimal(score.get("scaled"))
    if scaled is not None:
        return _between(scaled * 100, Decimal(0), Decimal(100), "0.01")
    raw = _decimal(score.get("raw"))
    if raw is None:
        return None
    least, most = _decimal(score.get("min")) or Decimal(0), _decimal(score.get("max"))
    if most is None or most <= least:
        least, most = Decimal(0), Decimal(100)
    return _between((raw - least) / (most - least) * 100, Decimal(0), Decimal(100), "0.01")


def _decimal(said: object) -> Decimal | None:
    """A number in a value that may be anything."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    text = str(said).strip()
    if len(text) > 30 or not re.fullmatch(r"[+-]?(?:\d{1,12}(?:\.\d*)?|\.\d+)", text, re.ASCII):
        return None
    return Decimal(text)


def _between(value: Decimal | None, least: Decimal, most: Decimal, step: str) -> Decimal | None:
    return None if value is None else max(least, min(most, value)).quantize(Decimal(step), ROUND_HALF_UP)
