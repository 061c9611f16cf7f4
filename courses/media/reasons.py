"""The sentences for what can be wrong with a file; rows keep the code and the values."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "not-video": _(
        "This is not a video, whatever its name says. Choose the file that the camera or the telephone has written."
    ),
    "not-audio": _(
        "This is not a sound recording, whatever its name says. Choose the file that the recorder has written."
    ),
    "cut-off": _(
        "The video breaks off: its last part, without which nothing can be played, is missing. Copy it anew from the "
        "camera or the telephone and upload it again."
    ),
    "incomplete": _(
        "The file is incomplete: of %(promised)s seconds only %(found)s are there. Copy it anew and upload it again."
    ),
    "no-picture": _("This file holds sound but no moving picture. Add it as audio."),
    "no-sound": _("This file holds no sound. Add it as video, or record it again with the microphone on."),
    "too-long": _("The recording is longer than %(hours)s hours. Cut it into parts: learners prefer short ones."),
    "too-many-pixels": _(
        "The picture of the video is too large: %(width)s × %(height)s. Export it with at most 3840 × 2160 and upload "
        "that."
    ),
    "too-hard": _(
        "Reading this file takes more time or memory than it should. Save it anew with another program, as MP4, and "
        "upload that."
    ),
    "unreadable-pdf": _(
        "The PDF is damaged, so its pages cannot be shown in lessons; learners can only download it. Save it anew in "
        "the program that made it."
    ),
    "locked-pdf": _(
        "The PDF is protected by a password, so its pages cannot be shown in lessons. Save it without a password and "
        "upload that."
    ),
    "too-many-pages": _(
        "The PDF has %(count)s pages; pages are shown in lessons for up to %(most)s. Learners can download it."
    ),
    "unreadable-picture": _("The picture cannot be converted. Save it anew as JPEG or PNG and upload that."),
    "captions-not-utf8": _(
        "Line %(line)s holds letters that are not saved as UTF-8. Save the file anew and choose UTF-8 as its encoding."
    ),
    "captions-no-signature": _(
        "Captions begin with the word WEBVTT in the first line; here it says “%(found)s”. Use a WebVTT or an SRT file."
    ),
    "captions-bad-times": _(
        "Line %(line)s: “%(found)s” does not say from when to when. Write it like this: 00:01:30.500 --> 00:01:34.000"
    ),
    "captions-end-first": _("Line %(line)s: the caption ends (%(end)s) before it begins (%(start)s)."),
    "captions-out-of-order": _(
        "Line %(line)s: the caption begins at %(start)s, before the one above it (%(before)s). Put them in order."
    ),
    "captions-none": _("There are no captions in the file."),
    "gone": _("The uploaded file is no longer in the storage. Upload it again."),
    "gave-up": _(
        "Preparing this file broke off several times, through no fault of yours. The operators find the reason in the "
        "log; then try again."
    ),
}


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """What is wrong, in the reader's language."""
    return str(SENTENCES[code]) % values if code in SENTENCES else code
