"""Every write of the library: files come in, are prepared, and go."""

from courses.media.services.captions import save_captions
from courses.media.services.leftovers import clear_leftovers, leave
from courses.media.services.library import add_document, add_media, add_picture
from courses.media.services.preparing import prepare, take_up_missing, tidy, try_again, work
from courses.media.services.uploads import arrived, begin_upload, drop_old_uploads, join_upload, part_address

__all__ = [
    "add_document",
    "add_media",
    "add_picture",
    "arrived",
    "begin_upload",
    "clear_leftovers",
    "drop_old_uploads",
    "join_upload",
    "leave",
    "part_address",
    "prepare",
    "save_captions",
    "take_up_missing",
    "tidy",
    "try_again",
    "work",
]
