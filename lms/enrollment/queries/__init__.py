"""Questions about enrollment."""

from lms.enrollment.queries.audiences import audiences_with, exclusions, is_member, members_among, outsiders
from lms.enrollment.queries.mass import (
    Became,
    Effect,
    became,
    effects_of_list,
    first_rows,
    offered_runs,
    rows_elsewhere,
    rows_outside,
    runs_to_list,
)
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
    "Became",
    "Effect",
    "Eligibility",
    "Place",
    "RunState",
    "audiences_with",
    "became",
    "effects_of_list",
    "eligibilities",
    "eligibility",
    "exclusions",
    "facts_of",
    "first_rows",
    "is_member",
    "members_among",
    "offered_runs",
    "outsiders",
    "places_of",
    "rows_elsewhere",
    "rows_outside",
    "run_state",
    "runs_to_list",
    "seating_of",
    "waiting_list",
    "waiting_number",
    "waiting_numbers",
]
