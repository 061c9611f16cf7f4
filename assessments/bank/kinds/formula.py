"""An expression in variables, right when it gives the same values as the author's."""

import ast
import json
import math
import random
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from simpleeval import InvalidExpression, SimpleEval

from assessments.bank.kinds.base import RIGHT, WRONG, Answer, Body, Checked, Kind, Mark, Solution
from assessments.bank.kinds.number import author_number
from lms.common.html import with_math

MAX_LENGTH = 300
MAX_SAMPLES = 100
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "acos": math.acos,
    "arccos": math.acos,
    "arcsin": math.asin,
    "arctan": math.atan,
    "asin": math.asin,
    "atan": math.atan,
    "cos": math.cos,
    "cosh": math.cosh,
    "exp": math.exp,
    "ln": math.log,
    "log": math.log10,
    "log10": math.log10,
    "log2": math.log2,
    "sin": math.sin,
    "sinh": math.sinh,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "tanh": math.tanh,
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_KEPT_NODES = (ast.Expr, ast.BinOp, ast.UnaryOp, ast.Name, ast.Call, ast.Constant)
_UNDEFINED = (InvalidExpression, ArithmeticError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


def _number(value: Any) -> float:
    """Only real numbers, and as floats: no huge integers, no repeated strings, no complex roots."""
    if isinstance(value, bool | complex) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return float(value)


def _power(base: float, exponent: float) -> float:
    return _number(float(base) ** float(exponent))


class _Calculator(SimpleEval):  # type: ignore[misc]
    """Arithmetic, a few functions and names; nothing else of Python."""

    def __init__(self) -> None:
        super().__init__(
            operators={
                ast.Add: lambda a, b: _number(a) + _number(b),
                ast.Sub: lambda a, b: _number(a) - _number(b),
                ast.Mult: lambda a, b: _number(a) * _number(b),
                ast.Div: lambda a, b: _number(a) / _number(b),
                ast.Pow: _power,
                ast.USub: lambda a: -_number(a),
                ast.UAdd: _number,
            },
            functions=dict(FUNCTIONS),
        )
        kept: dict[Any, Any] = {node: handle for node, handle in vars(self)["nodes"].items() if node in _KEPT_NODES}
        self.nodes = kept


def tidy(expression: str) -> str:
    """The expression as the calculator reads it: ``^`` for powers, decimal commas and typographic signs allowed."""
    for sign, plain in (("^", "**"), ("−", "-"), ("·", "*"), ("×", "*"), ("÷", "/"), ("–", "-")):
        expression = expression.replace(sign, plain)
    return re.sub(r"(?<=\d),(?=\d)", ".", expression).strip()


@lru_cache(maxsize=1024)
def _parsed(expression: str) -> Any:
    return SimpleEval.parse(expression)


def values(expression: str, points: list[dict[str, float]]) -> list[float | None]:
    """What the expression gives at each point; ``None`` where it gives nothing."""
    expression = tidy(expression)
    if not expression or len(expression) > MAX_LENGTH:
        return [None] * len(points)
    calculator = _Calculator()
    found: list[float | None] = []
    for point in points:
        calculator.names = {**CONSTANTS, **point}
        try:
            value = _number(calculator.eval(expression, previously_parsed=_parsed(expression)))
        except _UNDEFINED:
            found.append(None)
        else:
            found.append(value if math.isfinite(value) else None)
    return found


def sample_points(samples: Mapping[str, list[float]], count: int) -> list[dict[str, float]]:
    """Points at which to compare, the same for every learner and on every day."""
    chance = random.Random(json.dumps([samples, count], sort_keys=True))  # noqa: S311 (repeatable, not secret)
    return [{name: chance.uniform(*ends) for name, ends in sorted(samples.items())} for _point in range(count)]


class Formula(Kind):
    name = "formula"
    label = _("Formula")
    icon = "square-function"

    def clean(self, body: Mapping[str, Any]) -> Body:
        checked = Checked(body)
        clean = checked.common()
        answer, samples = checked.text("answer"), self._samples(checked)
        count = body.get("count")
        count = min(max(count, 1), MAX_SAMPLES) if isinstance(count, int) and not isinstance(count, bool) else 10
        tolerance = str(body.get("tolerance") or "1%").replace(" ", "").replace(",", ".")
        amount = author_number(tolerance.rstrip("%"))
        if amount is None or amount < 0:
            checked.wrong("tolerance", _("Give the tolerance as a number or a percentage, for example 0.5 or 5%."))
        if not answer:
            checked.wrong("answer", _("Give the right formula."))
        elif "samples" not in checked.errors and not any(
            value is not None for value in values(answer, sample_points(samples, count))
        ):
            checked.wrong("answer", _("This formula gives no value with these variables."))
        return checked.done({**clean, "answer": answer, "samples": samples, "count": count, "tolerance": tolerance})

    @staticmethod
    def _samples(checked: Checked) -> dict[str, list[float]]:
        given = checked.body.get("samples") or {}
        samples: dict[str, list[float]] = {}
        for name, ends in given.items() if isinstance(given, Mapping) else ():
            if not _NAME.fullmatch(str(name)) or name in FUNCTIONS:
                checked.wrong("samples", _("“%(name)s” cannot be a variable's name.") % {"name": name})
                continue
            try:
                low, high = (float(end) for end in ends)
            except (TypeError, ValueError):
                low, high = math.nan, math.nan
            if not (math.isfinite(low) and math.isfinite(high) and low <= high):
                checked.wrong("samples", _("Give “%(name)s” a lowest and a highest value.") % {"name": name})
                continue
            samples[name] = [low, high]
        if len(samples) > 20:
            checked.wrong("samples", _("These are too many variables; 20 is the most."))
        return samples

    def mark(self, body: Body, answer: Answer) -> Mark:
        points = sample_points(body["samples"], body["count"])
        pairs = zip(values(body["answer"], points), values(str(answer), points), strict=True)
        is_right = all(right is None or self._is_near(body["tolerance"], right, given) for right, given in pairs)
        return Mark(RIGHT if is_right else WRONG)

    @staticmethod
    def _is_near(tolerance: str, right: float, given: float | None) -> bool:
        if given is None:
            return False
        amount = float(author_number(tolerance.rstrip("%")) or 0)
        allowed = abs(right) * amount / 100 if tolerance.endswith("%") else amount
        return math.isclose(given, right, rel_tol=1e-9, abs_tol=max(allowed, 1e-12))

    def public(self, body: Body, order: Any = ()) -> Body:
        return {**super().public(body, order), "variables": sorted(body["samples"])}

    def solution(self, body: Body) -> Solution:
        return Solution(frozenset(), (escape(body["answer"]),), with_math(body["feedback"]))

    def show(self, body: Body, answer: Answer) -> str:
        return escape(answer) if isinstance(answer, str) else ""
