"""Every write of places, seats, periods and audiences."""

from lms.enrollment.services.audiences import (
    change_audience,
    create_audience,
    follow_completion,
    follow_days,
    follow_people,
    follow_units,
    open_to,
    rebuild,
    remove_audience,
)
from lms.enrollment.services.clicks import Outcome, click
from lms.enrollment.services.gate import Ticket, enter
from lms.enrollment.services.offers import accept, settle, settle_due
from lms.enrollment.services.periods import create_period, offer_run
from lms.enrollment.services.places import (
    BulkResult,
    Ended,
    Placed,
    bulk_enroll,
    change_seats,
    enroll,
    place,
    withdraw,
    withdraw_many,
)
from lms.enrollment.services.reserves import promote_from, release_reserve, reserve_seats

__all__ = [
    "BulkResult",
    "Ended",
    "Outcome",
    "Placed",
    "Ticket",
    "accept",
    "bulk_enroll",
    "change_audience",
    "change_seats",
    "click",
    "create_audience",
    "create_period",
    "enroll",
    "enter",
    "follow_completion",
    "follow_days",
    "follow_people",
    "follow_units",
    "offer_run",
    "open_to",
    "place",
    "promote_from",
    "rebuild",
    "release_reserve",
    "remove_audience",
    "reserve_seats",
    "settle",
    "settle_due",
    "withdraw",
    "withdraw_many",
]
