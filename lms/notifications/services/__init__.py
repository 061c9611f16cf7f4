"""Telling people, and sending what they are told."""

from lms.notifications.kinds import MessageKind, kinds
from lms.notifications.services.mail import forget, send_due
from lms.notifications.services.messages import (
    Note,
    mark_all_read,
    mark_read,
    notify,
    notify_each,
    set_email_preference,
)

__all__ = [
    "MessageKind",
    "Note",
    "forget",
    "kinds",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_each",
    "send_due",
    "set_email_preference",
]
