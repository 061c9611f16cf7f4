"""What people see and do about places."""

from lms.enrollment.views.places import enroll, withdraw

__all__ = ["enroll", "withdraw"]
