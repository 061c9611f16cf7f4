"""What pages say of their readers."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta


@dataclass(frozen=True, slots=True)
class Played:
    """A stretch of a medium that was played without a jump, in its seconds."""

    medium: Annotated[str, Meta(pattern=r"^\d{1,18}$")]
    start: Annotated[float, Meta(ge=0, le=86_400)]
    end: Annotated[float, Meta(ge=0, le=86_400)]
    speed: Annotated[float, Meta(ge=0.1, le=16)]

    @property
    def seconds(self) -> float:
        """How long that took."""
        return max(0.0, self.end - self.start) / self.speed


@dataclass(frozen=True, slots=True)
class Read:
    """Time spent with a form of a topic that is read, while nothing played."""

    topic: Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$")]
    form: Literal["reading", "slides"]
    seconds: Annotated[float, Meta(ge=0, le=3_600)]


@dataclass(frozen=True, slots=True)
class Beat:
    """What one page says of a short while. ``number`` counts up, so that what is sent twice is heard once."""

    number: Annotated[int, Meta(ge=1, le=1_000_000)]
    seconds: Annotated[float, Meta(ge=0, le=3_600)]
    played: Annotated[list[Played], Meta(max_length=100)] = field(default_factory=list)
    read: Annotated[list[Read], Meta(max_length=20)] = field(default_factory=list)
