"""How a person proves who she is."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from lms.people.models import Person
from lms.people.queries import known_by, person_by_id


class IdentifierBackend(ModelBackend):
    """Password with e-mail or any identifier that holds today."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Person | None:
        """The person, or ``None``: after the same work for a wrong password and for an account that does not exist."""
        if not username or not password:
            return None
        person = known_by(username)
        if person is None:
            make_password(password)
            return None
        if person.check_password(password) and self.user_can_authenticate(person):
            return person
        return None

    def get_user(self, user_id: int) -> Person | None:
        """Whose session it is: asked by every request of somebody signed in."""
        person = person_by_id(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None
