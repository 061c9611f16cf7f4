"""A short answer in the learner's own words."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from assessments.bank.kinds.base import RIGHT, WRONG, Answer, Body, Checked, Kind, Mark, Solution
from lms.common.html import with_math

MAX_LENGTH = 300


def normal(text: str, *, ignore_case: bool) -> str:
    """``text`` without the differences that nobody means: spaces, kinds of quotation mark, and case if told so."""
    text = unicodedata.normalize("NFKC", text)
    for fancy, plain in (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-")):
        text = text.replace(fancy, plain)
    text = " ".join(text.split())
    return text.casefold() if ignore_case else text


@lru_cache(maxsize=512)
def _pattern(source: str, ignore_case: bool) -> Any:
    """RE2 matches in time proportional to the text, whatever the pattern; it knows no back-references."""
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(source, options)


class Text(Kind):
    name = "text"
    label = _("Short text")
    icon = "text-cursor-input"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked = Checked(body)
        clean = checked.common()
        clean["ignore_case"] = body.get("ignore_case") is not False
        clean["answers"] = self._texts(body.get("answers"))
        clean["patterns"] = self._texts(body.get("patterns"))
        if not clean["answers"] and not clean["patterns"]:
            checked.wrong("answers", _("Give at least one right answer."))
        for pattern in clean["patterns"]:
            try:
                _pattern(pattern, clean["ignore_case"])
            except re2.error:
                checked.wrong("patterns", _("The pattern “%(pattern)s” cannot be used.") % {"pattern": pattern})
        return checked.done(clean)

    @staticmethod
    def _texts(value: object) -> list[str]:
        texts = (
            [" ".join(text.split())[:MAX_LENGTH] for text in value if isinstance(text, str)]
            if isinstance(value, list)
            else []
        )
        return list(dict.fromkeys(text for text in texts if text))[:100]

    def mark(self, body: Body, answer: Answer) -> Mark:
        ignore_case = body["ignore_case"]
        given = normal(str(answer), ignore_case=ignore_case)[:MAX_LENGTH]
        is_right = any(given == normal(text, ignore_case=ignore_case) for text in body["answers"])
        spelled = normal(str(answer), ignore_case=False)[:MAX_LENGTH]
        is_right = is_right or any(
            _pattern(pattern, ignore_case).fullmatch(spelled) is not None for pattern in body["patterns"]
        )
        return Mark(RIGHT if is_right else WRONG)

    def solution(self, body: Body) -> Solution:
        answers = body["answers"] or body["patterns"]
        return Solution(frozenset(), tuple(escape(text) for text in answers[:1]), with_math(body["feedback"]))

    def show(self, body: Body, answer: Answer) -> str:
        return escape(answer) if isinstance(answer, str) else ""
