"""What authors ask for before a lesson counts as done, and what is left of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WORDS_A_MINUTE = 250
SECONDS_A_SLIDE = 15


@dataclass(frozen=True, slots=True)
class Medium:
    """A video or recording of a lesson."""

    seconds: int
    title: str = ""


FORMS = ("video", "slides", "reading", "audio")
"""In which forms a topic may be taken, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a lesson teaches in several forms: a learner takes any of them, and may change, and it counts as one.

    ``played`` names, for video and audio, the medium and its length; ``read``, for reading and slides, the seconds that
    whoever takes that form alone stays with it. A form of which this is not known yet is in neither.
    """

    title: str
    played: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """The seconds of its longest medium: on this scale all of them are laid over each other."""
        return max((seconds for _medium, seconds in self.played.values()), default=0)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What an author asks for before a lesson counts as done."""

    minutes: int = 0
    watched: int = 0
    is_unhurried: bool = False
    media: Mapping[str, Medium] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Criterion":
        """From what the outline keeps."""
        media = {key: Medium(*each) for key, each in stored.get("media", {}).items()}
        topics = {
            key: Topic(title, {form: (medium, seconds) for form, (medium, seconds) in played.items()}, read)
            for key, (title, played, read) in stored.get("topics", {}).items()
        }
        return cls(stored.get("minutes", 0), stored.get("watched", 0), stored.get("is_unhurried", False), media, topics)

    def stored(self) -> dict[str, Any]:
        """As the outline keeps it; empty when nothing is asked for."""
        if not self.minutes and not (self.watched and (self.media or self.topics)):
            return {}
        kept: dict[str, Any] = {
            "minutes": self.minutes,
            "watched": self.watched,
            "is_unhurried": self.is_unhurried,
            "media": {key: [each.seconds, each.title] for key, each in self.media.items()} if self.watched else {},
        }
        if self.watched and self.topics:
            kept["topics"] = {
                key: [each.title, {form: list(known) for form, known in each.played.items()}, dict(each.read)]
                for key, each in self.topics.items()
            }
        return kept


@dataclass(frozen=True, slots=True)
class Unseen:
    """So many seconds of a medium are still to be played; ``start`` is where the first gap begins."""

    medium: str
    title: str
    seconds: int
    start: int


@dataclass(frozen=True, slots=True)
class Unstudied:
    """What is left of a topic: so many seconds in any one of its forms, and where the first gap begins in its media."""

    topic: str
    title: str
    seconds: Mapping[str, int]
    starts: Mapping[str, tuple[str, int]]
    percent: int
    """How much of what is asked for is left, rounded up."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a lesson still asks of a learner."""

    seconds: int = 0
    media: tuple[Unseen, ...] = ()
    topics: tuple[Unstudied, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.seconds or self.media or self.topics)


def seconds_to_read(words: int) -> int:
    """How long a quick reader stays with a text of so many words."""
    return max(10, math.ceil(words * 60 / WORDS_A_MINUTE))


def seconds_to_look(slides: int) -> int:
    """How long somebody quick stays with so many slides."""
    return max(10, slides * SECONDS_A_SLIDE)
