"""What is known of a learner in a lesson: what pages said, as far as it is believed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lms.progress.evidence.asked import Criterion, Missing, Topic, Unseen, Unstudied
from lms.progress.evidence.claims import Beat, Played, Read
from lms.progress.evidence.stretches import Stretches, length, merged, scaled, within, without

NORMAL = 1.05
"""The fastest speed that counts as unhurried: players round."""
GRACE = 3.0
"""Seconds by which what was played may be ahead of the clock: a page gathers, then sends."""
SUSPECT = 60
"""So many seconds that cannot have happened make a person look: clocks and lost lines account for a few."""
PAGES_REMEMBERED = 8
MEDIA_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Strip:
    """A medium as far as it was played, from its beginning to its end, for somebody who judges it.

    ``form`` is that of a topic which it is, or empty.
    """

    title: str
    form: str
    seconds: int
    normal: Stretches
    fast: Stretches
    """Only played faster than normal."""
    fastest: float
    counts_fast: bool

    @property
    def share(self) -> int:
        """The percent of it that count, rounded down."""
        counted = length(self.normal) + (length(self.fast) if self.counts_fast else 0)
        return counted * 100 // self.seconds if self.seconds else 0

    @property
    def share_fast(self) -> int:
        """The percent of it that were only played faster than normal."""
        return length(self.fast) * 100 // self.seconds if self.seconds else 0

    @property
    def skips(self) -> int:
        """How many times something was left out before the furthest place."""
        seen = merged([*self.normal, *self.fast])
        return max(len(seen) - 1, 0) + bool(seen and seen[0][0] > 1)


@dataclass(slots=True)
class Account:
    """What is known of one learner in one lesson, and what a page's report makes of it.

    ``fastest`` is the highest speed of each medium above normal, ``read`` the seconds with each topic's forms that are
    read, by topic and form. ``is_accepted`` when somebody let it count as enough.
    """

    seconds: int = 0
    normal: dict[str, Stretches] = field(default_factory=dict)
    fast: dict[str, Stretches] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    unbelieved: int = 0
    fastest: dict[str, float] = field(default_factory=dict)
    is_accepted: bool = False
    read: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, seconds: int, stored: Mapping[str, Any]) -> "Account":
        """From what progress keeps."""
        return cls(
            seconds,
            dict(stored.get("normal", {})),
            dict(stored.get("fast", {})),
            dict(stored.get("heard", {})),
            stored.get("unbelieved", 0),
            dict(stored.get("fastest", {})),
            stored.get("is_accepted", False),
            dict(stored.get("read", {})),
        )

    def stored(self) -> dict[str, Any]:
        """As progress keeps it, next to the seconds."""
        kept: dict[str, Any] = {
            "normal": self.normal,
            "fast": self.fast,
            "heard": self.heard,
            "unbelieved": self.unbelieved,
        }
        if self.fastest:
            kept["fastest"] = self.fastest
        if self.is_accepted:
            kept["is_accepted"] = True
        if self.read:
            kept["read"] = self.read
        return kept

    def hear(self, page: str, beats: Iterable[Beat], elapsed: float) -> tuple[int, float]:
        """Add what a page says, ``elapsed`` seconds of the server's clock after what was counted last.

        Returns the seconds of presence that are believed, and how much of the clock is used up by them and by what was
        played. What was heard before is passed over; what cannot have happened in the time is cut off and only noted.
        So nobody plays twenty minutes in twenty seconds.
        """
        last = self.heard.pop(page, 0)
        elapsed = max(elapsed, 0.0)
        claimed, play_left, beyond = 0.0, elapsed + GRACE, 0.0
        read: list[Read] = []
        for beat in sorted(beats, key=lambda beat: beat.number):
            if beat.number <= last:
                continue
            last = beat.number
            claimed += beat.seconds
            read += beat.read
            for played in beat.played:
                believed = min(played.seconds, play_left)
                play_left -= believed
                beyond += played.seconds - believed
                if believed > 0:
                    self._add(played, played.start + believed * played.speed)
        counted = min(round(claimed), int(elapsed))
        self.seconds += counted
        self._add_read(read, counted - (elapsed + GRACE - play_left))
        # What plays is watched: these are the same seconds, not twice as many.
        self.unbelieved += math.ceil(max(beyond, claimed - elapsed - GRACE, 0.0))
        # The one that spoke last is the last to be forgotten.
        self.heard = {**dict(list(self.heard.items())[1 - PAGES_REMEMBERED :]), page: last}
        return counted, max(float(counted), elapsed + GRACE - play_left)

    def _add(self, played: Played, end: float) -> None:
        stretches = self.normal if played.speed <= NORMAL else self.fast
        if played.medium not in stretches and len(stretches) >= MEDIA_REMEMBERED:
            return
        new = [round(played.start), round(end)]
        if new[1] > new[0]:
            stretches[played.medium] = merged([*stretches.get(played.medium, []), new])
            if stretches is self.fast:
                self.fastest[played.medium] = max(played.speed, self.fastest.get(played.medium, 0))

    def _add_read(self, read: Iterable[Read], left: float) -> None:
        """Believe no more reading than there was presence without anything playing."""
        for each in read:
            key = f"{each.topic}:{each.form}"
            believed = min(each.seconds, left)
            if believed <= 0 or (key not in self.read and len(self.read) >= MEDIA_REMEMBERED):
                continue
            left -= believed
            self.read[key] = round(self.read.get(key, 0.0) + believed, 1)

    def strips(self, criterion: Criterion) -> list[Strip]:
        """Each medium that the author asks for, as far as it was played."""
        drawn = [self._strip(key, each.title, "", each.seconds, criterion) for key, each in criterion.media.items()]
        for topic in criterion.topics.values():
            drawn += [
                self._strip(key, topic.title, form, seconds, criterion) for form, (key, seconds) in topic.played.items()
            ]
        return drawn

    def readings(self, criterion: Criterion) -> list[tuple[str, str, int, int]]:
        """Title and form of everything that is read, the seconds with it, and those that it takes alone."""
        return [
            (topic.title, form, int(self.read.get(f"{key}:{form}", 0)), seconds)
            for key, topic in criterion.topics.items()
            for form, seconds in topic.read.items()
        ]

    def _strip(self, key: str, title: str, form: str, seconds: int, criterion: Criterion) -> Strip:
        normal = within(self.normal.get(key, []), seconds)
        fast = without(within(self.fast.get(key, []), seconds), normal)
        return Strip(title, form, seconds, normal, fast, self.fastest.get(key, 0), not criterion.is_unhurried)

    def _counted(self, key: str, seconds: int, criterion: Criterion) -> Stretches:
        """The stretches of a medium that count."""
        seen = self.normal.get(key, [])
        if not criterion.is_unhurried:
            seen = [*seen, *self.fast.get(key, [])]
        return within(seen, seconds)

    def missing(self, criterion: Criterion) -> Missing:
        """What is not done yet of what the author asks for."""
        if self.is_accepted:
            return Missing()
        unseen = []
        for key, medium in criterion.media.items():
            seen = self._counted(key, medium.seconds, criterion)
            left = math.ceil(medium.seconds * criterion.watched / 100) - length(seen)
            if left > 0:
                first = seen[0][1] if seen and seen[0][0] <= 1 else 0
                unseen.append(Unseen(key, medium.title, left, first))
        topics = [self._unstudied(key, topic, criterion) for key, topic in criterion.topics.items()]
        return Missing(
            max(0, criterion.minutes * 60 - self.seconds), tuple(unseen), tuple(each for each in topics if each)
        )

    def _unstudied(self, key: str, topic: Topic, criterion: Criterion) -> Unstudied | None:
        """What is left of a topic. What was played, heard and read of it adds up; what is in two media counts once."""
        asked = math.ceil(topic.length * criterion.watched / 100)
        seen = merged(
            [scaled(start, topic.length, seconds), scaled(end, topic.length, seconds)]
            for medium, seconds in topic.played.values()
            for start, end in self._counted(medium, seconds, criterion)
        )
        left = Fraction(1)
        if asked:
            left -= Fraction(length(seen), asked)
        for form, seconds in topic.read.items():
            left -= min(Fraction(str(self.read.get(f"{key}:{form}", 0))) / seconds, Fraction(1))
        if left <= 0 or not (topic.played or topic.read):
            return None
        first = seen[0][1] if seen and seen[0][0] <= 1 else 0
        played = {
            form: max(1, math.ceil(left * asked * seconds / topic.length))
            for form, (_medium, seconds) in topic.played.items()
        }
        read = {form: max(1, math.ceil(left * seconds)) for form, seconds in topic.read.items()}
        starts = {
            form: (medium, scaled(first, seconds, topic.length)) for form, (medium, seconds) in topic.played.items()
        }
        return Unstudied(key, topic.title, played | read, starts, math.ceil(left * 100))
