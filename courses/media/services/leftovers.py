"""Taking away what is no longer needed, however often the storage fails."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from courses.media.models import Leftover
from courses.media.storage import remove
from lms.common.registry import ring

logger = logging.getLogger(__name__)
AT_ONCE = 200


def leave(names: Iterable[str], *, after: timedelta = timedelta()) -> None:
    """Have stored files and folders (with a slash at their end) taken away, in the caller's transaction."""
    due_at = timezone.now() + after
    rows = [Leftover(name=name, due_at=due_at) for name in names if name.strip("/")]
    if not rows:
        return
    Leftover.objects.bulk_create(rows, ignore_conflicts=True)
    if not after:
        transaction.on_commit(lambda: ring("media", None))


def clear_leftovers() -> int:
    """Take away what is due; what the storage does not let go is tried again. Returns how many went."""
    gone = 0
    for leftover in Leftover.objects.filter(due_at__lte=timezone.now()).order_by("due_at")[:AT_ONCE]:
        try:
            remove(leftover.name)
        except Exception as error:  # each storage has exceptions of its own
            logger.warning("leftover %s stays: %s", leftover.pk, error.__class__.__name__)
            Leftover.objects.filter(pk=leftover.pk).update(due_at=timezone.now() + timedelta(minutes=1))
        else:
            leftover.delete()
            gone += 1
    return gone
