"""Every write of places, seats and periods."""

from lms.enrollment.services.periods import create_period, offer_run
from lms.enrollment.services.places import BulkResult, bulk_enroll, change_seats, enroll, withdraw

__all__ = ["BulkResult", "bulk_enroll", "change_seats", "create_period", "enroll", "offer_run", "withdraw"]
