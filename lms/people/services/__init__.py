"""Every write about people, units, memberships and roles."""

from lms.people.services.ministry import make_ministry
from lms.people.services.persons import (
    NewPerson,
    add_people,
    add_person,
    change_preferences,
    end_membership,
    set_identifier,
    set_membership,
)
from lms.people.services.roles import grant_role, revoke_role
from lms.people.services.units import create_unit, move_unit, rename_unit

__all__ = [
    "NewPerson",
    "add_people",
    "add_person",
    "change_preferences",
    "create_unit",
    "end_membership",
    "grant_role",
    "make_ministry",
    "move_unit",
    "rename_unit",
    "revoke_role",
    "set_identifier",
    "set_membership",
]
