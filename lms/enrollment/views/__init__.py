"""What people see and do about places."""

from lms.enrollment.views.places import accept, run, withdraw
from lms.enrollment.views.rush import enroll, state

__all__ = ["accept", "enroll", "run", "state", "withdraw"]
