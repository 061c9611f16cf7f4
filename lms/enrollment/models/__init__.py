"""Periods, seats, and who has a place."""

from lms.enrollment.models.places import Enrollment, EnrollmentPeriod, RunSeats

__all__ = ["Enrollment", "EnrollmentPeriod", "RunSeats"]
