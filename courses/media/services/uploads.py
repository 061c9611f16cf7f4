"""Large files on their way in: a browser sends them in parts to the storage, and may stop and go on at any time."""

from datetime import timedelta
from typing import Any, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.media.errors import FileRefused, UploadIncomplete
from courses.media.models import MediaFile, Upload
from courses.media.rules import is_media, kinds_of, own_folder
from courses.media.services.leftovers import leave
from lms.common.storage import InParts

PART = 5 * 1024 * 1024
"""The smallest part that S3 takes: what a broken line costs at most."""
LARGEST = 8 * 1024**3
KEPT = timedelta(days=7)
"""How long an upload may rest before what has arrived is thrown away."""


def storage() -> InParts:
    """The storage, as one that takes files in parts."""
    return cast("InParts", default_storage)


def begin_upload(kind: str, filename: str, size: int, *, by: Any) -> Upload:
    """Open an upload; raises ``FileRefused`` for what could not be used anyway."""
    if kind not in MediaFile.Kind.values or not is_media(kind, filename):
        known = ", ".join(kinds_of(kind if kind in MediaFile.Kind.values else "video"))
        raise FileRefused(_("This file cannot be converted. Use one of these kinds: %s.") % known)
    if not 0 < size <= LARGEST:
        raise FileRefused(_("The file is empty or larger than 8 GB."))
    name = own_folder("media", filename)
    handle = storage().begin_parts(name)
    upload: Upload = Upload.objects.create(by=by, kind=kind, name=name, handle=handle, size=size, part_size=PART)
    return upload


def arrived(upload: Upload) -> list[int]:
    """The parts that are there whole; all others have to be sent, or sent again."""
    if upload.is_whole:
        return list(range(1, upload.part_count + 1))
    found = storage().parts(upload.name, upload.handle)
    return sorted(number for number, size in found.items() if size == _size_of(upload, number))


def part_address(upload: Upload, number: int) -> str:
    """Where the browser may PUT this part."""
    if not 1 <= number <= upload.part_count:
        raise UploadIncomplete
    return storage().part_url(upload.name, upload.handle, number)


@transaction.atomic
def join_upload(upload: Upload) -> Upload:
    """Make the parts one file. Safe to repeat; raises ``UploadIncomplete`` while some are missing."""
    held: Upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if held.is_whole:
        return held
    # A storage that joined them before the last try could say so knows the file, and the parts no more.
    if not default_storage.exists(held.name):
        if len(arrived(held)) != held.part_count:
            raise UploadIncomplete
        storage().join_parts(held.name, held.handle)
    if default_storage.size(held.name) != held.size:
        raise UploadIncomplete
    held.is_whole = True
    held.save(update_fields=["is_whole"])
    return held


def drop_old_uploads() -> int:
    """Throw away what nobody went on with for a week; returns how many."""
    old = Upload.objects.filter(created_at__lt=timezone.now() - KEPT)[:100]
    for upload in old:
        storage().drop_parts(upload.name, upload.handle)
        with transaction.atomic():
            if not MediaFile.objects.filter(file=upload.name).exists():
                leave([upload.name])
            upload.delete()
    return len(old)


def _size_of(upload: Upload, number: int) -> int:
    """How long part ``number`` is; nothing behind the last."""
    return max(min(upload.part_size, upload.size - (number - 1) * upload.part_size), 0)
