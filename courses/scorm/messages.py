"""What the window of a package sends, read strictly: it comes from a stranger's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.packages import strict_json
from courses.scorm.errors import MessageUnreadable

MOST_BYTES = 1024 * 1024
LONGEST_STATE = 400_000
MOST_SECONDS = 24 * 3600
MOST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a window. What is not there has not changed."""

    number: int
    """Its place among those of its window."""
    seconds: float = 0
    """How long the page was seen since the message before."""
    item: str = ""
    """The identifier of the item that plays."""
    cmi: Mapping[str, Any] | None = None
    """The data model of the item."""
    has_ended: bool = False
    """Whether the item has ended its conversation."""
    is_suspended: bool = True
    state: str | None = None
    """SCORM 2004: where the rules have led."""
    activities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """SCORM 2004: what the rules have made of each activity, by identifier."""
    whole: Mapping[str, Any] | None = None
    """SCORM 2004: what the rules have made of the course."""


def read_message(raw: bytes) -> Message:
    """The message in the body of a request."""
    if len(raw) > MOST_BYTES:
        raise MessageUnreadable
    try:
        said = strict_json.loads(raw)
    except strict_json.BadJson:
        raise MessageUnreadable from None
    if not isinstance(said, dict):
        raise MessageUnreadable
    number, seconds, state = said.get("number"), said.get("seconds", 0), said.get("state")
    if type(number) is not int or not 0 < number <= MOST_NUMBER or type(seconds) not in (int, float):
        raise MessageUnreadable
    if state is not None and (not isinstance(state, str) or len(state) > LONGEST_STATE):
        raise MessageUnreadable
    item = said.get("item", "")
    return Message(
        number,
        float(min(max(seconds, 0), MOST_SECONDS)),
        item if isinstance(item, str) else "",
        _mapping(said.get("cmi")),
        said.get("ended") is True,
        said.get("suspended") is not False,
        state,
        {key: value for key, value in (_mapping(said.get("activities")) or {}).items() if isinstance(value, dict)},
        _mapping(said.get("whole")),
    )


def _mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None
