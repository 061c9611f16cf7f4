"""Every write of places, seats, periods and audiences."""

from lms.enrollment.services.audiences import change_audience, create_audience, rebuild, refresh
from lms.enrollment.services.periods import create_period, offer_run
from lms.enrollment.services.places import BulkResult, bulk_enroll, change_seats, enroll, withdraw

__all__ = [
    "BulkResult",
    "bulk_enroll",
    "change_audience",
    "change_seats",
    "create_audience",
    "create_period",
    "enroll",
    "offer_run",
    "rebuild",
    "refresh",
    "withdraw",
]
