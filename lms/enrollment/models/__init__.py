"""Periods, seats, who has a place, and whom places are for."""

from lms.enrollment.models.audiences import Audience, AudienceMember
from lms.enrollment.models.mass import ListedPlace
from lms.enrollment.models.places import Enrollment, EnrollmentPeriod, RunSeats, SeatReserve

__all__ = ["Audience", "AudienceMember", "Enrollment", "EnrollmentPeriod", "ListedPlace", "RunSeats", "SeatReserve"]
