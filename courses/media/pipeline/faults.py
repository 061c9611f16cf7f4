"""Why a file cannot be prepared; the sentence for each code stands in ``courses.media.reasons``."""

from typing import Any


class Unusable(Exception):
    """The file itself is at fault: trying again would not help."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Broke(Exception):
    """A program failed, for whatever reason; it may be tried again."""
