"""The constants that a problem's script computes, read without running it."""

import ast
import math
import operator
import random
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "round": round, "int": int, "float": float, "str": str, "sqrt": math.sqrt, "sin": math.sin,
    "cos": math.cos, "tan": math.tan, "exp": math.exp, "log": math.log, "ln": math.log, "log10": math.log10,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))")
_LONGEST = 2_000
_LARGEST = 10**30


class Unknown(Exception):
    """A value that only running the script would give."""


class Constants:
    """Names and values of a script's plain assignments. Random numbers are drawn once, the same at every import."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
        self.values: dict[str, Any] = {}
        self.has_random = False

    def read(self, source: str) -> None:
        """Take in a script; what it does beyond plain assignments is passed over, and the names it sets with it."""
        if len(source) > 20_000:
            return
        try:
            module = ast.parse(_dedented(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for statement in module.body:
            if isinstance(statement, ast.Assign):
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
                try:
                    value = self.value_of(statement.value)
                except Unknown:
                    for name in names:
                        self.values.pop(name, None)
                else:
                    self.values.update(dict.fromkeys(names, value))
            elif not isinstance(statement, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Expr):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        self.values.pop(node.id, None)

    def value_of(self, node: ast.expr) -> Any:
        """The value of an expression of constants. Raises ``Unknown``."""
        try:
            value = self._value(node)
        except (ArithmeticError, TypeError, ValueError, RecursionError, MemoryError, IndexError) as error:
            raise Unknown from error
        if isinstance(value, str) and len(value) > _LONGEST:
            raise Unknown
        return value

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
            return node.value
        if isinstance(node, ast.Name):
            if node.id in self.values:
                return self.values[node.id]
            if node.id in _CONSTANTS:
                return _CONSTANTS[node.id]
            raise Unknown
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self._value(node.operand)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.List | ast.Tuple):
            return [self._value(item) for item in node.elts[:100]]
        if isinstance(node, ast.Call) and not node.keywords:
            return self._call(node)
        raise Unknown

    def _operation(self, node: ast.BinOp) -> Any:
        left = self._value(node.left)
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            raise Unknown
        right = self._value(node.right)
        if any(isinstance(side, int) and abs(side) > _LARGEST for side in (left, right)):
            raise Unknown
        if isinstance(node.op, ast.Pow):
            return math.pow(left, right)
        both_text = isinstance(left, str) and isinstance(right, str)
        are_numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if type(node.op) not in _OPERATORS or not (are_numbers or (both_text and isinstance(node.op, ast.Add))):
            raise Unknown
        return _OPERATORS[type(node.op)](left, right)

    def _call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            if node.func.value.id == "random":
                name = f"random.{node.func.attr}"
            elif node.func.value.id in ("math", "numpy", "np"):
                name = node.func.attr
        arguments = [self._value(argument) for argument in node.args]
        if name in ("random.randint", "random.randrange", "random.uniform", "random.choice", "random.random"):
            self.has_random = True
            drawn = getattr(self.chance, name.split(".")[1])(*arguments)
            return round(drawn, 3) if isinstance(drawn, float) else drawn
        if name == "lc_random" and len(arguments) in (2, 3):
            self.has_random = True
            low, high, step = (*arguments, 1)[:3]
            return low + step * self.chance.randrange(int((high - low) / step) + 1)
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](*arguments)
        raise Unknown

    def fill(self, root: etree._Element) -> set[str]:
        """Put the values where the problem names them; returns the names that have none."""
        missing: set[str] = set()

        def put(match: re.Match[str]) -> str:
            name = match.group(1) or match.group(2)
            if name in self.values:
                return _shown(self.values[name])
            missing.add(name)
            return match.group(0)

        for element in root.iter():
            if element.text:
                element.text = _VARIABLE.sub(put, element.text)
            if element.tail:
                element.tail = _VARIABLE.sub(put, element.tail)
            for key, value in element.attrib.items():
                element.set(key, _VARIABLE.sub(put, str(value)))
        return missing


def number_of(text: str) -> float | None:
    """The number an arithmetic expression such as ``2*pi/3`` gives, or ``None``."""
    try:
        tree = ast.parse(text.replace("^", "**").strip(), mode="eval")
        value = Constants("").value_of(tree.body)
    except (Unknown, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _shown(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _dedented(source: str) -> str:
    lines = source.expandtabs(4).split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)
