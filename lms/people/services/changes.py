"""Telling other apps about changes of people, in batches."""

from collections.abc import Iterable

from lms.common.batches import batches
from lms.events.services import announce
from lms.people.events import PeopleChanged

TOLD = 1_000


def tell_people_changed(
    person_ids: Iterable[int], *, places: bool = False, persons: bool = False, are_new: bool = False
) -> None:
    """Announce in the caller's transaction that facts about these people changed; one event for each thousand."""
    for part in batches(dict.fromkeys(person_ids), TOLD):
        announce(
            PeopleChanged(person_ids=list(part), places=places or are_new, persons=persons or are_new, are_new=are_new)
        )
