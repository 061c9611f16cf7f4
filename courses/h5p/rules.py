"""What a player's page says of one learner, read strictly, and what it is worth."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from courses.packages.strict_json import BadJson, loads

MOST_STATE = 256 * 1024
"""Bytes of one state, as the player's own hosts allow."""
MOST_STATES = 60
"""States of one learner in one piece of content: a book keeps one for each of its parts."""
MOST_STATEMENT = 16 * 1024
MOST_STATEMENTS = 300
MOST_ATTEMPTS = 300
"""Of one learner at one place. What comes after them still counts, only its row is not kept."""
MOST_ENTRIES = 100
"""At once; a page sends the rest with the next."""
HIGHEST_SCORE = Decimal(1_000_000)
MOST_SECONDS = 14 * 24 * 3600
_NAME = re.compile(r"[\w.:/-]{1,127}", re.ASCII)
_SUB_CONTENT = re.compile(r"[\w-]{1,64}", re.ASCII)
_IRI = re.compile(r"(?:https?|urn):[^\s<>\"]{1,900}")


class Completion(StrEnum):
    """When content in a lesson is complete, as its author chose."""

    VIEWED = "viewed"
    COMPLETED = "completed"
    SCORE = "score"


class Unusable(ValueError):
    """Something said that is not kept, now or later; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Said:
    """Something a page says. ``key`` is its own: said twice, it counts once. ``age``: how many seconds ago it was."""

    key: UUID
    age: float


@dataclass(frozen=True, slots=True)
class Viewed(Said):
    """The content was there to be seen."""


@dataclass(frozen=True, slots=True)
class StateKept(Said):
    """The player asks to keep where the learner is; no ``data`` deletes it. ``invalidates`` with another version."""

    data_type: str
    sub_content: str
    data: str
    invalidates: bool


@dataclass(frozen=True, slots=True)
class Finished(Said):
    """The learner finished; ``grade`` is 0-100, where there is a score out of something."""

    score: Decimal | None
    most: Decimal | None
    seconds: int | None

    @property
    def grade(self) -> Decimal | None:
        if self.score is None or not self.most:
            return None
        return (self.score * 100 / self.most).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Stated(Said):
    """A statement of xAPI, without its actor: who it was says the session."""

    verb: str
    body: dict[str, Any]


def read_said(raw: str) -> Said:
    """One thing that a page says, in JSON; raises ``Unusable``."""
    try:
        given = loads(raw.encode())
    except (BadJson, UnicodeEncodeError):
        raise Unusable("json") from None
    if not isinstance(given, dict):
        raise Unusable("shape")
    try:
        key, age = UUID(str(given.get("id"))), max(float(given.get("age", 0)), 0.0)
    except (TypeError, ValueError):
        raise Unusable("shape") from None
    match given.get("kind"):
        case "viewed":
            return Viewed(key, age)
        case "state":
            return _state(key, age, given)
        case "finished":
            return _finished(key, age, given)
        case "statement" if len(raw) <= MOST_STATEMENT:
            return _stated(key, age, given.get("statement"))
        case "statement":
            raise Unusable("too-large")
    raise Unusable("shape")


def _state(key: UUID, age: float, given: dict[str, Any]) -> StateKept:
    name, sub, data = str(given.get("type")), str(given.get("sub", "0")), given.get("data")
    if not _NAME.fullmatch(name) or not _SUB_CONTENT.fullmatch(sub) or not isinstance(data, str | None):
        raise Unusable("shape")
    if data and len(data.encode()) > MOST_STATE:
        raise Unusable("too-large")
    return StateKept(key, age, name, sub, data or "", given.get("invalidates") is True)


def _finished(key: UUID, age: float, given: dict[str, Any]) -> Finished:
    score, most, seconds = (_number(given.get(name)) for name in ("score", "max", "seconds"))
    if (score is None) != (most is None):
        score = most = None
    if score is not None and most is not None and not 0 <= score <= most <= HIGHEST_SCORE:
        raise Unusable("score")
    return Finished(key, age, score, most, None if seconds is None else min(max(int(seconds), 0), MOST_SECONDS))


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unusable("score")
    return Decimal(str(value)).quantize(Decimal("0.001"), ROUND_HALF_UP) if abs(value) < 10**12 else Decimal(10**12)


def _stated(key: UUID, age: float, statement: Any) -> Stated:
    parts = statement if isinstance(statement, dict) else {}
    verb, thing = parts.get("verb"), parts.get("object")
    if not isinstance(verb, dict) or not isinstance(thing, dict):
        raise Unusable("shape")
    name = verb.get("id")
    if not isinstance(name, str) or len(name) > 200 or not _IRI.fullmatch(name):
        raise Unusable("shape")
    if not isinstance(thing.get("id"), str) or not _IRI.fullmatch(thing["id"]):
        raise Unusable("shape")
    kept = ("verb", "object", "result", "context")
    if not all(isinstance(parts[part], dict) for part in kept if part in parts):
        raise Unusable("shape")
    return Stated(key, age, name, {part: parts[part] for part in kept if part in parts})
