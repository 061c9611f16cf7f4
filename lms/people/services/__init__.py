"""Every write about people, units, memberships and roles."""

from lms.people.services.changes import tell_people_changed
from lms.people.services.ministry import make_ministry
from lms.people.services.persons import (
    NewPerson,
    add_people,
    add_person,
    change_preferences,
    end_membership,
    move_people,
    set_identifier,
    set_membership,
)
from lms.people.services.roles import end_role, follow_roles, grant_role
from lms.people.services.units import (
    NewUnit,
    correct_units,
    create_unit,
    lock_tree,
    move_unit,
    open_units,
    remove_units,
    rename_unit,
)

__all__ = [
    "NewPerson",
    "NewUnit",
    "add_people",
    "add_person",
    "change_preferences",
    "correct_units",
    "create_unit",
    "end_membership",
    "end_role",
    "follow_roles",
    "grant_role",
    "lock_tree",
    "make_ministry",
    "move_people",
    "move_unit",
    "open_units",
    "remove_units",
    "rename_unit",
    "set_identifier",
    "set_membership",
    "tell_people_changed",
]
