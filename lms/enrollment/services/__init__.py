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
from lms.enrollment.services.mass import (
    ListedResult,
    drop_listed,
    forget_listed,
    keep_listed,
    measure_listed,
    place_listed,
    rows_of_list,
    take_back_listed,
)
from lms.enrollment.services.messages import KINDS, tell_moved_up, tell_offered
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
    "KINDS",
    "BulkResult",
    "Ended",
    "ListedResult",
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
    "drop_listed",
    "enroll",
    "enter",
    "follow_completion",
    "follow_days",
    "follow_people",
    "follow_units",
    "forget_listed",
    "keep_listed",
    "measure_listed",
    "offer_run",
    "open_to",
    "place",
    "place_listed",
    "promote_from",
    "rebuild",
    "release_reserve",
    "remove_audience",
    "reserve_seats",
    "rows_of_list",
    "settle",
    "settle_due",
    "take_back_listed",
    "tell_moved_up",
    "tell_offered",
    "withdraw",
    "withdraw_many",
]
