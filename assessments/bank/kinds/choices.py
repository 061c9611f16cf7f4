"""Choosing among given answers: one, several, or one from a drop-down list."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from assessments.bank.kinds.base import MAX_ANSWER, RIGHT, WRONG, Answer, Body, Checked, Kind, Mark, Solution
from lms.common.html import with_math

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each row's own id where it is usable and not taken; a new one otherwise."""
    taken: set[str] = set()
    ids = []
    for number, row in enumerate(rows, start=1):
        wanted = str(row.get("id") or "")
        if not _ID.fullmatch(wanted) or wanted in taken:
            wanted = f"c{number}"
            while wanted in taken:
                wanted += "x"
        taken.add(wanted)
        ids.append(wanted)
    return ids


def in_order(rows: Sequence[Body], order: Sequence[str]) -> list[Body]:
    """Rows as ``order`` says; what it does not name follows as written."""
    if not order:
        return list(rows)
    place = {part: number for number, part in enumerate(order)}
    return sorted(rows, key=lambda row: place.get(row["id"], len(place)))


class _Choices(Kind):
    """Choices in HTML, each with feedback of its own."""

    def _clean(self, body: Mapping[str, Any]) -> tuple[Checked, Body]:
        checked = Checked(body)
        clean = checked.common()
        rows = checked.rows("choices", least=2, message=_("Give at least two choices."))
        clean["choices"] = [
            {
                "id": part,
                "html": checked.html("choices", row.get("html"), required=_("A choice is empty.")),
                "correct": row.get("correct") is True,
                "feedback": checked.html("choices", row.get("feedback")),
            }
            for part, row in zip(_ids(rows), rows, strict=True)
        ]
        return checked, clean

    def parts(self, body: Body) -> list[str]:
        return [choice["id"] for choice in body["choices"]]

    def public(self, body: Body, order: Sequence[str] = ()) -> Body:
        choices = [
            {"id": choice["id"], "html": with_math(choice["html"])} for choice in in_order(body["choices"], order)
        ]
        return {**super().public(body, order), "choices": choices}

    def solution(self, body: Body) -> Solution:
        right = [choice for choice in body["choices"] if choice["correct"]]
        return Solution(
            parts=frozenset(choice["id"] for choice in right),
            answers=tuple(with_math(choice["html"]) for choice in right),
            explanation=with_math(body["feedback"]),
        )

    def _picked(self, body: Body, ids: Sequence[str]) -> list[Body]:
        return [choice for choice in body["choices"] if choice["id"] in ids]

    def show(self, body: Body, answer: Answer) -> str:
        ids = [answer] if isinstance(answer, str) else answer or []
        return "; ".join(with_math(choice["html"]) for choice in self._picked(body, ids))


class Choice(_Choices):
    name = "choice"
    label = _("Multiple choice, one answer")
    icon = "circle-dot"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked, clean = self._clean(body)
        if sum(choice["correct"] for choice in clean["choices"]) != 1:
            checked.wrong("choices", _("Mark exactly one choice as right."))
        return checked.done(clean)

    def mark(self, body: Body, answer: Answer) -> Mark:
        picked = self._picked(body, [answer] if isinstance(answer, str) else [])
        if not picked:
            return Mark(WRONG)
        choice = picked[0]
        return Mark(
            RIGHT if choice["correct"] else WRONG,
            tuple(with_math(choice["feedback"]) for choice in picked if choice["feedback"]),
            {choice["id"]: choice["correct"]},
        )


class Multiple(_Choices):
    """All right choices and no wrong one, unless ``partial`` gives a share: right picks less wrong ones."""

    name = "multiple"
    label = _("Multiple choice, several answers")
    icon = "square-check"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked, clean = self._clean(body)
        clean["partial"] = body.get("partial") is True
        if not any(choice["correct"] for choice in clean["choices"]):
            checked.wrong("choices", _("Mark at least one choice as right."))
        return checked.done(clean)

    def read(self, values: Sequence[str]) -> Answer:
        return [value[:MAX_ANSWER] for value in values if value][:100]

    def is_answer(self, answer: object) -> bool:
        return isinstance(answer, list) and bool(answer) and all(isinstance(part, str) for part in answer)

    def mark(self, body: Body, answer: Answer) -> Mark:
        picked = self._picked(body, answer or [])
        right = sum(choice["correct"] for choice in body["choices"])
        hits = sum(choice["correct"] for choice in picked)
        misses = len(picked) - hits
        fraction = RIGHT if hits == right and not misses else WRONG
        if body["partial"]:
            fraction = Decimal(max(hits - misses, 0)) / right
        return Mark(
            fraction,
            tuple(with_math(choice["feedback"]) for choice in picked if choice["feedback"]),
            {choice["id"]: choice["correct"] for choice in picked},
        )


class Dropdown(Kind):
    """One of several short texts."""

    name = "dropdown"
    label = _("Drop-down list")
    icon = "chevron-down"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked = Checked(body)
        clean = checked.common()
        rows = checked.rows("options", least=2, message=_("Give at least two options."))
        clean["options"] = [
            {
                "id": part,
                "text": " ".join(str(row.get("text") or "").split())[:300],
                "correct": row.get("correct") is True,
            }
            for part, row in zip(_ids(rows), rows, strict=True)
        ]
        if not all(option["text"] for option in clean["options"]):
            checked.wrong("options", _("An option is empty."))
        if sum(option["correct"] for option in clean["options"]) != 1:
            checked.wrong("options", _("Mark exactly one option as right."))
        return checked.done(clean)

    def parts(self, body: Body) -> list[str]:
        return [option["id"] for option in body["options"]]

    def public(self, body: Body, order: Sequence[str] = ()) -> Body:
        options = [{"id": option["id"], "text": option["text"]} for option in in_order(body["options"], order)]
        return {**super().public(body, order), "options": options}

    def mark(self, body: Body, answer: Answer) -> Mark:
        for option in body["options"]:
            if option["id"] == answer:
                return Mark(RIGHT if option["correct"] else WRONG, (), {option["id"]: option["correct"]})
        return Mark(WRONG)

    def solution(self, body: Body) -> Solution:
        right = [option for option in body["options"] if option["correct"]]
        return Solution(
            parts=frozenset(option["id"] for option in right),
            answers=tuple(escape(option["text"]) for option in right),
            explanation=with_math(body["feedback"]),
        )

    def show(self, body: Body, answer: Answer) -> str:
        return next((escape(option["text"]) for option in body["options"] if option["id"] == answer), "")
