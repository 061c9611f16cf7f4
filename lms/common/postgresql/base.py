"""Django's PostgreSQL backend, with a cheaper way to see that a kept connection still stands."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Before the first query of every request Django asks a kept connection ``SELECT 1``.

    A connection that the server has closed, by a restart or ``pg_terminate_backend``, has an end of file to read; one
    that rests has nothing. Looking costs microseconds; asking was a quarter of the round trips of saving an answer.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
