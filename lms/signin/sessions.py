"""Where sessions are kept: in the database, and in the cache for reading."""

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string


class SessionStore(cached_db.SessionStore):
    """Writes a new session once, when the answer is sent.

    Django's looks whether the key is free, writes an empty row at sign-in, and fills it at the end of the request.
    """

    def cycle_key(self) -> None:
        """Have what is known stored under a new key; the old one is worth nothing from now on."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        if old:
            self.delete(old)
        self._session_key, self._session_cache = None, data
        self.modified = True

    def _get_new_session_key(self) -> str:
        # Of so many keys none is drawn twice; if one were, the insert would refuse it and another be drawn.
        return get_random_string(32, VALID_KEY_CHARS)
