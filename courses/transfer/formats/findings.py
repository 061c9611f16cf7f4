"""What a reader says about an archive, as codes and values; ``courses.transfer.reasons`` has the sentences."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the source, named where it stands. What could be read was read."""

    code: str
    path: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """Why something of the source is different here, or is not here."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


class Unreadable(Exception):
    """The archive as a whole cannot be imported."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(code)
