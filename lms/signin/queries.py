"""Questions about who is signed in."""

from collections.abc import Collection

from django.contrib.auth import SESSION_KEY

from lms.signin.sessions import SessionStore


def people_of_sessions(keys: Collection[str]) -> dict[str, int]:
    """Ids of the people who are signed in with these sessions, by the session's key, for those who know no request.

    That they may still be who they were when they signed in is asked with what they came for.
    """
    found = SessionStore.load_many(keys)
    return {key: int(stored[SESSION_KEY]) for key, stored in found.items() if stored.get(SESSION_KEY)}
