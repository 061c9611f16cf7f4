"""Every write of progress."""

from lms.progress.services.hearing import hear
from lms.progress.services.messages import KINDS
from lms.progress.services.reporting import finish_lesson, note_position, open_item, recount, report
from lms.progress.services.reviews import accept, ask_again

__all__ = [
    "KINDS",
    "accept",
    "ask_again",
    "finish_lesson",
    "hear",
    "note_position",
    "open_item",
    "recount",
    "report",
]
