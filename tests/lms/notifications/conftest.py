"""A kind of message of the tests' own."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _note_kind() -> Iterator[None]:
    from lms.notifications.services import MessageKind, kinds

    kinds.register("tests.note", MessageKind(subject="%(course)s", body="%(opens_at)s, %(number)s"))
    yield
    kinds._entries.pop("tests.note")
