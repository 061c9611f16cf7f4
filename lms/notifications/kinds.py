"""The kinds of message: higher apps register the words of theirs in ``AppConfig.ready``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise

from lms.common.registry import Registry
from theme.templatetags.moments import day, moment
from theme.templatetags.numbers import count


@dataclass(frozen=True, slots=True)
class MessageKind:
    """The words of a kind of message, with ``%(name)s`` for its values.

    Values are plain JSON and are written the reader's way: a name that ends in ``_at`` is a moment (ISO 8601), one in
    ``_on`` a day, a whole number gets its thousands set apart, and a list becomes lines. What stands in a list may have
    several values itself, by name: they follow each other in the line.
    """

    subject: str | Promise
    body: str | Promise
    icon: str = "bell"
    action: str | Promise = ""
    """What the button says that leads to the message's address; "Open" unless told."""
    second_action: str | Promise = ""
    """What a quieter link says beside it; its address is the value ``second_url``, without the host."""


kinds: Registry[MessageKind] = Registry()


@dataclass(frozen=True, slots=True)
class Text:
    """A message in the language and zone that are active."""

    subject: str
    body: str
    icon: str
    action: str
    second_action: str = ""
    second_url: str = ""


UNKNOWN = MessageKind("", "")
"""Of a kind that this version no longer knows nothing can be said."""


def text_of(kind_name: str, values: Mapping[str, Any]) -> Text:
    """The words of a message in the language and the zone that are active."""
    kind = kinds[kind_name] if kind_name in kinds else UNKNOWN  # noqa: SIM401 - a registry, not a dict
    written = {name: _written(name, value) for name, value in values.items()}
    second_url = str(values.get("second_url", "")) if kind.second_action else ""
    return Text(
        str(kind.subject) % written,
        str(kind.body) % written,
        kind.icon,
        str(kind.action),
        str(kind.second_action) if second_url else "",
        second_url,
    )


def _written(name: str, value: Any) -> str:
    if isinstance(value, str):
        if name.endswith("_at"):
            return moment(datetime.fromisoformat(value))
        if name.endswith("_on"):
            return day(date.fromisoformat(value))
        return value
    if isinstance(value, list):
        return "\n".join(f"- {_written(name, item)}" for item in value)
    if isinstance(value, dict):
        return " – ".join(_written(part, given) for part, given in value.items() if given != "")
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return str(value)
