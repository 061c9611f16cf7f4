"""What every kind of question can do."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.bank.errors import InvalidQuestion
from lms.common.html import clean_html, is_blank, with_math

Body = dict[str, Any]
Answer = str | list[str] | None
RIGHT, WRONG = Decimal(1), Decimal(0)
MAX_HTML = 60_000
MAX_ANSWER = 4_000
"""Longest answer kept, in characters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How an answer was marked. It tells about the answer given and nothing of the key.

    ``feedback`` is HTML written for the answer that was given; ``verdicts`` says of each part that was picked whether
    picking it was right.
    """

    fraction: Decimal
    feedback: tuple[str, ...] = ()
    verdicts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        return self.fraction == RIGHT


@dataclass(frozen=True, slots=True)
class Solution:
    """The key: which parts are right, the right answer in words, and why. Only for those who may know."""

    parts: frozenset[str]
    answers: tuple[str, ...]
    explanation: str


class Checked:
    """A body being checked: reads fields, collects what is wrong with each, refuses all at once."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.errors: dict[str, str | Promise] = {}

    def wrong(self, name: str, message: str | Promise) -> None:
        self.errors.setdefault(name, message)

    def html(self, name: str, value: object, *, required: str | Promise | None = None) -> str:
        """A cleaned piece of HTML; ``required`` is what to say when it is empty."""
        text = clean_html(value).strip() if isinstance(value, str) else ""
        if len(text) > MAX_HTML:
            self.wrong(name, _("This text is too long."))
        if required and is_blank(text):
            self.wrong(name, required)
        return text

    def rows(self, name: str, *, least: int, message: str | Promise) -> list[Mapping[str, Any]]:
        """A list of objects, at least ``least`` of them and at most 100."""
        value = self.body.get(name)
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        if len(rows) < least:
            self.wrong(name, message)
        if len(rows) > 100:
            self.wrong(name, _("These are too many; 100 is the most."))
        return rows[:100]

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value.strip() if isinstance(value, str) else ""

    def common(self) -> Body:
        """What all kinds have: the text asked, the explanation and the hints."""
        hints = self.body.get("hints") or []
        return {
            "text": self.html("text", self.body.get("text"), required=_("Write the question.")),
            "feedback": self.html("feedback", self.body.get("feedback")),
            "hints": [
                hint
                for value in (hints if isinstance(hints, list) else [])[:20]
                if not is_blank(hint := self.html("hints", value))
            ],
        }

    def done(self, body: Body) -> Body:
        """``body`` when nothing was wrong; raises ``InvalidQuestion`` otherwise."""
        if self.errors:
            raise InvalidQuestion(self.errors)
        return body


class Kind(ABC):
    """A kind of question. Everything is a pure function of the body and the answer."""

    name: ClassVar[str]
    label: ClassVar[Promise]
    icon: ClassVar[str]

    @abstractmethod
    def clean(self, body: Mapping[str, Any]) -> Body:
        """The body as it is kept: checked, sanitized, in one canonical form. Raises ``InvalidQuestion``."""

    @abstractmethod
    def mark(self, body: Body, answer: Answer) -> Mark:
        """Mark an answer that is not empty."""

    @abstractmethod
    def solution(self, body: Body) -> Solution:
        """The key."""

    def grade(self, body: Body, answer: Answer) -> Mark:
        """Mark an answer; none at all is wrong. Never raises for what a learner may send."""
        return self.mark(body, answer) if self.is_answer(answer) else Mark(WRONG)

    def parts(self, body: Body) -> list[str]:
        """The ids of what may stand in another order for each learner."""
        return []

    def public(self, body: Body, order: Sequence[str] = ()) -> Body:
        """What may go to a browser: never the key, its explanation, or feedback on an answer."""
        return {"text": with_math(body["text"]), "hints": [with_math(hint) for hint in body["hints"]]}

    def read(self, values: Sequence[str]) -> Answer:
        """The answer as a form sent it."""
        return values[-1].strip()[:MAX_ANSWER] if values else ""

    def is_answer(self, answer: object) -> bool:
        """Whether something was answered, in the shape of this kind."""
        return isinstance(answer, str) and answer != ""

    def show(self, body: Body, answer: Answer) -> str:
        """The answer in words, as HTML where the kind's own parts are HTML."""
        return answer if isinstance(answer, str) else ""
