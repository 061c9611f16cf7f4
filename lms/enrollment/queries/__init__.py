"""Questions about enrollment."""

from lms.enrollment.queries.audiences import audiences_with, exclusions, is_member, members_among, outsiders
from lms.enrollment.queries.places import (
    Eligibility,
    Place,
    eligibilities,
    eligibility,
    facts_of,
    places_of,
    seating_of,
    waiting_list,
    waiting_number,
    waiting_numbers,
)

__all__ = [
    "Eligibility",
    "Place",
    "audiences_with",
    "eligibilities",
    "eligibility",
    "exclusions",
    "facts_of",
    "is_member",
    "members_among",
    "outsiders",
    "places_of",
    "seating_of",
    "waiting_list",
    "waiting_number",
    "waiting_numbers",
]
