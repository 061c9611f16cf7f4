"""Questions about enrollment."""

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
    "eligibilities",
    "eligibility",
    "facts_of",
    "places_of",
    "seating_of",
    "waiting_list",
    "waiting_number",
    "waiting_numbers",
]
