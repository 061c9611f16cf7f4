"""Who may give and end which role."""

from collections.abc import Collection

GIVES = {
    "administrator": frozenset({"author", "hr_officer", "organizer", "superior"}),
    "hr_officer": frozenset({"superior"}),
}
"""The roles that holders of a role give in their branch. Administrators are made by the platform's own only."""


def may_give(kind: str, held: Collection[str]) -> bool:
    """Whether one of the roles somebody holds above a unit lets her give the role ``kind`` in it."""
    return any(kind in GIVES.get(own, ()) for own in held)
