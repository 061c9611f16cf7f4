"""JSON as strangers send it: read strictly, so that nothing comes in that a database or a browser reads otherwise."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

MOST_BYTES = 5 * 1024 * 1024
MOST_PARTS = 400_000
"""Values in one file: an empty list takes three bytes here and sixty in memory."""
DEEPEST = 200
LONGEST_NUMBER = 20

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class BadJson(ValueError):
    """The text is not JSON as it is accepted here; ``reason`` is the code of why, ``detail`` a place."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason)


def loads(raw: bytes, *, repeated_keys: bool = False) -> Any:
    """The value of a JSON file in UTF-8, with or without a byte order mark.

    Refuses what JSON does not know (NaN), what PostgreSQL or browsers cannot hold (NUL, halves of characters, endless
    numbers), what is nested or numbered beyond reason, and a key that comes twice, which readers understand
    differently. Published libraries hold some of the last: ``repeated_keys`` lets the last one win.
    """
    if len(raw) > MOST_BYTES:
        raise BadJson("json-too-large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadJson("json-not-utf8") from None
    if text.count(",") + text.count("[") + text.count("{") > MOST_PARTS:
        raise BadJson("json-too-large")
    try:
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_int=_number,
            parse_float=_fraction,
            object_pairs_hook=None if repeated_keys else _each_key_once,
        )
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("json-too-deep") from None
    except json.JSONDecodeError as error:
        raise BadJson("json-broken", f"{error.lineno}:{error.colno}") from None
    except ValueError:
        raise BadJson("json-broken") from None
    for depth, part in _parts(value):
        if depth > DEEPEST:
            raise BadJson("json-too-deep")
        if isinstance(part, str) and _UNUSABLE.search(part):
            raise BadJson("json-character")
    return value


def _parts(value: Any) -> Iterator[tuple[int, Any]]:
    """Everything in a value, keys too, with how deep it lies."""
    waiting = [(1, value)]
    while waiting:
        depth, part = waiting.pop()
        yield depth, part
        if depth > DEEPEST:
            continue
        if isinstance(part, dict):
            waiting.extend((depth + 1, key) for key in part)
            waiting.extend((depth + 1, inner) for inner in part.values())
        elif isinstance(part, list):
            waiting.extend((depth + 1, inner) for inner in part)


def _no_constant(text: str) -> NoReturn:
    raise BadJson("json-number", text)


def _number(text: str) -> int:
    if len(text.lstrip("-")) > LONGEST_NUMBER:
        raise BadJson("json-number", text[:LONGEST_NUMBER])
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJson("json-number", text[:LONGEST_NUMBER])
    return value


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadJson("json-key-twice", twice)
    return value


def dumps(value: Any) -> bytes:
    """The value as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode()
