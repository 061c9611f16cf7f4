"""The kinds of question, by name; a new kind is a class here and a template in ``theme``."""

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.bank.kinds.base import Answer, Body, Kind, Mark, Solution
from assessments.bank.kinds.choices import Choice, Dropdown, Multiple
from assessments.bank.kinds.formula import Formula
from assessments.bank.kinds.number import Number
from assessments.bank.kinds.text import Text
from lms.common.registry import Registry

__all__ = ["Answer", "Body", "Kind", "Mark", "Solution", "clean", "grade", "kinds", "public"]

kinds: Registry[Kind] = Registry()
for _kind in (Choice(), Multiple(), Dropdown(), Text(), Number(), Formula()):
    kinds.register(_kind.name, _kind)


def clean(kind: str, body: Mapping[str, Any]) -> Body:
    """The body as it is kept. Raises ``InvalidQuestion`` with an error per field."""
    return kinds[kind].clean(body)


def public(kind: str, body: Body, order: Sequence[str] = ()) -> Body:
    """What may go to a browser: never the key."""
    return kinds[kind].public(body, order)


def grade(kind: str, body: Body, answer: Answer) -> Mark:
    """How the answer is marked."""
    return kinds[kind].grade(body, answer)
