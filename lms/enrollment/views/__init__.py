"""What people see and do about places and audiences."""

from lms.enrollment.views.audiences import archive as archive_audience
from lms.enrollment.views.audiences import audience, audiences, pick
from lms.enrollment.views.audiences import options as audience_options
from lms.enrollment.views.audiences import remove as remove_audience
from lms.enrollment.views.audiences import restore as restore_audience
from lms.enrollment.views.calendar import calendar_entry
from lms.enrollment.views.classes import my_class, my_classes
from lms.enrollment.views.editor import edit as edit_audience
from lms.enrollment.views.places import accept, run, withdraw
from lms.enrollment.views.rush import enroll, state

__all__ = [
    "accept",
    "archive_audience",
    "audience",
    "audience_options",
    "audiences",
    "calendar_entry",
    "edit_audience",
    "enroll",
    "my_class",
    "my_classes",
    "pick",
    "remove_audience",
    "restore_audience",
    "run",
    "state",
    "withdraw",
]
