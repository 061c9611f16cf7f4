"""The rows that migrations made, given back before and after every test that really commits.

They are copied once for each database, inside it, as they are: with their numbers, so that what a process remembers of
them (content types, sites) stays right. Sequences go on counting, so that no later row takes the number of an earlier
one whose files or messages are still about.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.services.template import migrated

GUARDED, GUARD, GUARD_OF_SQLITE = "audit_auditentry", "audit_entry_append_only", "audit_entry_not_deleted"
"""The table whose rows are only ever added, and the triggers that see to it."""
SCHEMA = "pristine"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Have the suite's database made as a copy of one that is migrated already, where the server can."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        # Read by Django when it makes the database; the settings of the connection are the same mapping.
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The suite's database, with a copy of its first rows that committing tests start from and leave behind."""
    from django.db import connection
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        if _is_copied():
            restore()
        else:
            _copy()
        connection.close()
    with pytest.MonkeyPatch.context() as patch:
        # TestCase has its own two, which roll back.
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(lambda cls: restore()))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore())
        yield


def restore() -> None:
    """Empty every table and put the first rows back, all at once; keys are checked when all are there."""
    from django.db import connection, transaction

    tables = _tables()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Most tables are empty: to look is much cheaper than to truncate. The role silences the triggers of keys,
            # but not the one that forbids to delete where entries are only ever added.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {_quoted(t)})" for t in tables))
            for [table] in cursor.fetchall():
                if table == GUARDED:
                    cursor.execute(f"ALTER TABLE {GUARDED} DISABLE TRIGGER {GUARD}")
                cursor.execute(f"DELETE FROM {_quoted(table)}")
                if table == GUARDED:
                    cursor.execute(f"ALTER TABLE {GUARDED} ENABLE ALWAYS TRIGGER {GUARD}")
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            # SQLite has only DELETE, which a trigger forbids where entries are only ever added.
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [GUARD_OF_SQLITE])
            [guard] = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {GUARD_OF_SQLITE}")
            for table in tables:
                cursor.execute(f"DELETE FROM {_quoted(table)}")
            cursor.execute(guard)
        for table in _copied(cursor).intersection(tables):
            cursor.execute(f"INSERT INTO {_quoted(table)} SELECT * FROM {_copy_of(table)}")


def _copy() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        else:
            for table in _copied(cursor):
                cursor.execute(f"DROP TABLE {_copy_of(table)}")
        for table in ["django_migrations", *_tables()]:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_quoted(table)})")
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TABLE {_copy_of(table)} AS SELECT * FROM {_quoted(table)}")


def _is_copied() -> bool:
    """Whether a kept database has a copy already, and has run no migration since."""
    from django.db import connection

    with connection.cursor() as cursor:
        if "django_migrations" not in _copied(cursor):
            return False
        cursor.execute(
            f"SELECT (SELECT MAX(id) FROM django_migrations) = (SELECT MAX(id) FROM {_copy_of('django_migrations')})"
        )
        return bool(cursor.fetchone()[0])


def _tables() -> list[str]:
    from django.db import connection

    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


def _copied(cursor: Any) -> set[str]:
    if cursor.db.vendor == "postgresql":
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
    else:
        cursor.execute(f"SELECT substr(name, {len(SCHEMA) + 2}) FROM sqlite_master WHERE name LIKE '{SCHEMA}.%'")
    return {name for (name,) in cursor.fetchall()}


def _copy_of(table: str) -> str:
    from django.db import connection

    return f"{SCHEMA}.{_quoted(table)}" if connection.vendor == "postgresql" else _quoted(f"{SCHEMA}.{table}")


def _quoted(name: str) -> str:
    from django.db import connection

    return connection.ops.quote_name(name)
