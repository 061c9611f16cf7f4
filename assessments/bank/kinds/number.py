"""A number, exact, within a tolerance or in a range."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.bank.kinds.base import RIGHT, WRONG, Answer, Body, Checked, Kind, Mark, Solution
from lms.common.html import with_math

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+")
_RANGE = re.compile(r"([\[(])\s*([^;]+?)\s*;\s*([^;]+?)\s*([\])])")
_POWER_OF_TEN = re.compile(r"[x*·×]10(\^|\*\*)")
MAX_LENGTH = 60


def readings(text: str) -> list[Decimal]:
    """Every number that ``text`` may mean, the likeliest first; none when it is no number.

    Comma and point both mark decimals. "1.500" is one and a half with an English point and fifteen hundred in
    Indonesian, so both are given. A fraction "1/3" and powers of ten "2,5e3" or "2,5 x 10^3" are read too.
    """
    text = re.sub(r"\s", "", text.replace("−", "-").lower())
    if not text or len(text) > MAX_LENGTH:
        return []
    text = _POWER_OF_TEN.sub("e", text)
    if text.count("/") == 1:
        return _fraction(*text.split("/"))
    found = [_decimal(_point(text))]
    if _GROUPED.fullmatch(text):
        found.append(_decimal(re.sub(r"[.,]", "", text)))
    return list(dict.fromkeys(number for number in found if number is not None))


def _fraction(above: str, below: str) -> list[Decimal]:
    top, bottom = _decimal(_point(above)), _decimal(_point(below))
    return [top / bottom] if top is not None and bottom else []


def _point(text: str) -> str:
    """The text with a decimal point and without marks between thousands."""
    if "," in text and "." in text:
        last = max(text.rfind(","), text.rfind("."))
        return re.sub(r"[.,]", "", text[:last]) + "." + text[last + 1 :]
    if text.count(",") > 1 or text.count(".") > 1:
        return re.sub(r"[.,]", "", text) if _GROUPED.fullmatch(text) else text
    return text.replace(",", ".")


def _decimal(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def author_number(text: str) -> Decimal | None:
    """The one number an author's text means, or ``None``."""
    found = readings(text)
    return found[0] if found else None


def margin(tolerance: str, answer: Decimal) -> Decimal | None:
    """How far from ``answer`` is still right; ``None`` when the tolerance cannot be read."""
    if not tolerance:
        return Decimal(0)
    is_share = tolerance.endswith("%")
    amount = author_number(tolerance.rstrip("%"))
    if amount is None or amount < 0:
        return None
    return abs(answer) * amount / 100 if is_share else amount


class Number(Kind):
    """``answer`` with ``tolerance`` ("5%" or "0.01"), or ``range`` ("[1;2)": 1 belongs to it and 2 does not)."""

    name = "number"
    label = pgettext_lazy("kind of question", "Number")
    icon = "hash"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked = Checked(body)
        clean = checked.common()
        if checked.text("range"):
            return checked.done({**clean, "range": self._range(checked)})
        answer = author_number(str(body.get("answer") if body.get("answer") is not None else ""))
        tolerance = str(body.get("tolerance") or "").replace(" ", "")
        if answer is None:
            checked.wrong("answer", _("Give the right answer as a number."))
        elif margin(tolerance, answer) is None:
            checked.wrong("tolerance", _("Give the tolerance as a number or a percentage, for example 0.5 or 5%."))
        return checked.done({**clean, "answer": str(answer), "tolerance": tolerance.replace(",", ".")})

    def _range(self, checked: Checked) -> str:
        """A range in the form "[low;high)". A comma between the ends is read when it can mean nothing else."""
        text = checked.text("range")
        inner = text[1:-1]
        if ";" not in text and inner.count(",") == 1:
            text = f"{text[0]}{inner.replace(',', ';')}{text[-1]}"
        match = _RANGE.fullmatch(text)
        low, high = (author_number(match[2]), author_number(match[3])) if match else (None, None)
        if match is None or low is None or high is None or low > high:
            checked.wrong("range", _("Give the range like [1;2) - square ends belong to it, round ones do not."))
            return ""
        return f"{match[1]}{low};{high}{match[4]}"

    def mark(self, body: Body, answer: Answer) -> Mark:
        return Mark(RIGHT if any(self._fits(body, given) for given in readings(str(answer))) else WRONG)

    @staticmethod
    def _fits(body: Body, given: Decimal) -> bool:
        if "range" in body:
            low, high = (Decimal(end) for end in body["range"][1:-1].split(";"))
            above = given >= low if body["range"][0] == "[" else given > low
            below = given <= high if body["range"][-1] == "]" else given < high
            return above and below
        right = Decimal(body["answer"])
        allowed = margin(body["tolerance"], right) or Decimal(0)
        return abs(given - right) <= allowed

    def solution(self, body: Body) -> Solution:
        text = body.get("range") or body["answer"]
        if body.get("tolerance"):
            text = f"{text} ± {body['tolerance']}"
        return Solution(frozenset(), (escape(text),), with_math(body["feedback"]))

    def show(self, body: Body, answer: Answer) -> str:
        return escape(answer) if isinstance(answer, str) else ""
