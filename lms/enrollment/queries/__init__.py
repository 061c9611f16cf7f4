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
from lms.enrollment.queries.rush import RunState, run_state

__all__ = [
    "Eligibility",
    "Place",
    "RunState",
    "audiences_with",
    "eligibilities",
    "eligibility",
    "exclusions",
    "facts_of",
    "is_member",
    "members_among",
    "outsiders",
    "places_of",
    "run_state",
    "seating_of",
    "waiting_list",
    "waiting_number",
    "waiting_numbers",
]
