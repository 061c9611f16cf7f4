"""What tests on the embedded database need: emptying tables also where a trigger forbids deleting."""

from collections.abc import Iterator
from typing import Any

import pytest

GUARD = "audit_entry_not_deleted"


@pytest.fixture(autouse=True, scope="session")
def _emptying_lifts_the_audit_guard() -> Iterator[None]:
    """PostgreSQL empties tables by TRUNCATE, which row triggers do not see; SQLite has only DELETE."""
    from django.db import connections
    from django.db.backends.sqlite3.base import DatabaseWrapper

    DatabaseOperations = DatabaseWrapper.ops_class  # noqa: N806
    plain = DatabaseOperations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = plain(self, *args, **kwargs)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [GUARD])
            guard = cursor.fetchone()
        return [f"DROP TRIGGER {GUARD}", *statements, guard[0]] if guard and statements else statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
