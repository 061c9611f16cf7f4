"""Where sessions are kept: in the database, and in the cache for reading."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils import timezone
from django.utils.crypto import get_random_string

LONGEST_KEY = 40
"""So many characters has the column."""


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

    @classmethod
    def load_many(cls, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What is stored under each key that is still good, by one look at the cache.

        What the cache has lost is read from the database, by another, and kept there again.
        """
        store = cls()
        kept: Any = store._cache  # type: ignore[attr-defined]
        places = {store.cache_key_prefix + key: key for key in keys if len(key) <= LONGEST_KEY and key.isalnum()}
        found: dict[str, dict[str, Any]] = {}
        # As Django's own: a cache that is away is no reason to turn anybody out.
        with suppress(Exception):
            found = {places[place]: stored for place, stored in kept.get_many(places).items()}
        lost = [key for key in places.values() if key not in found]
        if lost:
            for row in store.model.objects.filter(session_key__in=lost, expire_date__gt=timezone.now()):
                found[row.session_key] = stored = store.decode(row.session_data)
                with suppress(Exception):
                    place = store.cache_key_prefix + row.session_key
                    kept.set(place, stored, store.get_expiry_age(expiry=row.expire_date))
        return found
