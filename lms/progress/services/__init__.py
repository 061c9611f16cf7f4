"""Every write of progress."""

from lms.progress.services.hearing import Heard, Said, hear, hear_all
from lms.progress.services.messages import KINDS
from lms.progress.services.reporting import finish_lesson, note_position, open_item, recount, report
from lms.progress.services.reviews import accept, ask_again

__all__ = [
    "KINDS",
    "Heard",
    "Said",
    "accept",
    "ask_again",
    "finish_lesson",
    "hear",
    "hear_all",
    "note_position",
    "open_item",
    "recount",
    "report",
]
