"""Django's PostgreSQL backend, with a cheaper look at a kept connection, and with statements planned once."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import register_tzloader

KEPT_PLANS = 400
"""Prepared statements of one connection; the least used one goes first. Each text counts once for each width of ids."""


class PreparedCursor(psycopg.Cursor[Any]):
    """Has the server parse and plan each text once for a connection; the values travel apart from it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)


class DatabaseOperations(operations.DatabaseOperations):
    """Tells a prepared statement with its values, as Django tells its own, to whoever logs or counts queries."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """What Django's own does for every page, done for less."""

    ops_class = DatabaseOperations

    def prepared_cursor(self) -> Any:
        """A cursor for texts of SQL that are asked again and again and never change."""
        if not self.settings_dict.get("PREPARE"):
            return self.cursor()
        self.ensure_connection()
        # Django turns the keeping of plans off altogether; its own cursors bind in the client and never use it.
        self.connection.prepare_threshold, self.connection.prepared_max = 0, KEPT_PLANS
        return self._cursor(PreparedCursor.__name__)  # type: ignore[attr-defined]

    def create_cursor(self, name: str | None = None) -> Any:
        if name != PreparedCursor.__name__:
            return super().create_cursor(name)
        # As Django makes its own, with the zone that is not the connection's.
        cursor = PreparedCursor(self.connection)
        loader = self.connection.adapters.get_loader(base.TIMESTAMPTZ_OID, psycopg.pq.Format.TEXT)
        if self.timezone != loader.timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    def is_usable(self) -> bool:
        """See whether the server has closed the connection, by a restart or ``pg_terminate_backend``.

        Then there is an end of file to read; on a connection that rests there is nothing. Looking costs microseconds;
        Django's ``SELECT 1`` before the first query of a request was a quarter of the round trips of saving an answer.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
