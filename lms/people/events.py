"""What happens to people and units, told in batches."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeopleChanged:
    """Facts about these people changed, at most 1,000 of them.

    ``places``: where they are, as what, in which grade. ``persons``: what is on record about themselves. ``are_new``:
    they were not known before; the other two are true then.
    """

    person_ids: list[int]
    places: bool
    persons: bool
    are_new: bool = False


@dataclass(frozen=True)
class UnitsChanged:
    """These units stand elsewhere in the tree now, or are of another kind: all below them is concerned.

    ``moved``: another place in the tree. ``corrected``: type, province or remote area.
    """

    unit_ids: list[int]
    moved: bool
    corrected: bool
