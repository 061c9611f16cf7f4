"""Semantics in an author's language: labels, and the texts that new content begins with."""

from collections.abc import Callable, Mapping
from typing import Any

_TEXTS = ("label", "description", "entity", "placeholder", "example")
_INSIDE = ("fields", "field", "options", "important")


def in_words_of(semantics: Any, translation: Any) -> Any:
    """``semantics.json`` with the texts of a library's language file, which has the same shape, laid over it."""
    if isinstance(semantics, list) and isinstance(translation, list):
        return [
            in_words_of(each, translation[number]) if number < len(translation) else each
            for number, each in enumerate(semantics)
        ]
    if not isinstance(semantics, dict) or not isinstance(translation, dict):
        return semantics
    made = dict(semantics)
    for name, said in translation.items():
        here = semantics.get(name)
        if isinstance(said, str):
            if name in _TEXTS or (name == "default" and isinstance(here, str)):
                made[name] = said
        elif name in _INSIDE:
            made[name] = in_words_of(here, said)
    return made


def translated(semantics: Any, words: Mapping[str, str] | Callable[[str], str]) -> Any:
    """``semantics.json`` with each of its texts looked up in ``words``."""
    find = words if callable(words) else lambda text: words.get(text, text)
    if isinstance(semantics, list):
        return [translated(each, find) for each in semantics]
    if not isinstance(semantics, dict):
        return semantics
    made = dict(semantics)
    for name in _TEXTS:
        if isinstance(made.get(name), str) and made[name].strip():
            made[name] = find(made[name])
    if made.get("type") == "text" and isinstance(made.get("default"), str) and made["default"].strip():
        made["default"] = find(made["default"])
    for name in _INSIDE:
        if name in made:
            made[name] = translated(made[name], find)
    return made
