"""How much of a lesson was really studied, decided on plain values.

A page says what it saw: how long somebody was there, and which stretches of a video or a recording were played. The
server believes no more of it than its own clock allows.
"""

from lms.progress.evidence.account import GRACE, SUSPECT, Account, Strip
from lms.progress.evidence.asked import (
    FORMS,
    Criterion,
    Medium,
    Missing,
    Topic,
    Unseen,
    Unstudied,
    seconds_to_look,
    seconds_to_read,
)
from lms.progress.evidence.claims import Beat, Played, Read
from lms.progress.evidence.stretches import length, merged, without

__all__ = [
    "FORMS",
    "GRACE",
    "SUSPECT",
    "Account",
    "Beat",
    "Criterion",
    "Medium",
    "Missing",
    "Played",
    "Read",
    "Strip",
    "Topic",
    "Unseen",
    "Unstudied",
    "length",
    "merged",
    "seconds_to_look",
    "seconds_to_read",
    "without",
]
