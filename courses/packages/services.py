"""Taking in files in the background: once each, whatever happens to the worker."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from courses.packages.models import Incoming
from lms.common.registry import ring

MOST_ATTEMPTS = 3
PATIENCE = timedelta(minutes=2)
"""So long a row waits for its bell before the sweep takes it up."""

Row = TypeVar("Row", bound=Incoming)


def take_in(waiting: Row, file: "File[Any]", *, bell: str, fallback: str) -> Row:
    """Keep an uploaded file with its row, and ring for a worker; ``fallback`` names a file that has no name."""
    waiting.source_name = (file.name or "")[-255:]
    name = PurePosixPath(waiting.source_name).name or fallback
    getattr(waiting, waiting.file_field).save(name, file, save=False)
    waiting.save()
    transaction.on_commit(lambda: ring(bell, waiting.pk))
    return waiting


def carry_out(
    model: type[Row], waiting_id: int, bring_in: Callable[[Row, Path], Any], give_up: Callable[[Row], Any]
) -> Row | None:
    """Bring in an uploaded file and delete it. Safe to repeat and to run twice at once: it is brought in once.

    ``give_up`` refuses a file that broke off the work several times.
    """
    rows = model._default_manager
    rows.filter(pk=waiting_id, state=Incoming.State.WAITING).update(attempts=F("attempts") + 1)
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        waiting = rows.select_for_update(of=("self",), skip_locked=skip)
        held = waiting.filter(pk=waiting_id, state=Incoming.State.WAITING).first()
        if held is None:
            return None
        kept = getattr(held, held.file_field)
        if held.attempts > MOST_ATTEMPTS:
            give_up(held)
        else:
            with NamedTemporaryFile(suffix=PurePosixPath(held.source_name).suffix) as local:
                with kept.open("rb") as stored:
                    for chunk in File(stored).chunks():
                        local.write(chunk)
                local.flush()
                bring_in(held, Path(local.name))
        name = str(kept.name)
        setattr(held, held.file_field, "")
        held.save(update_fields=[held.file_field])
        transaction.on_commit(lambda: default_storage.delete(name))
    return held


def carry_out_waiting(model: type[Row], carry_out_one: Callable[[int], Any]) -> None:
    """Bring in what a lost message or a dead worker left waiting."""
    waiting = model._default_manager.filter(state=Incoming.State.WAITING, created_at__lt=timezone.now() - PATIENCE)
    for pk in waiting.order_by("attempts", "pk").values_list("pk", flat=True)[:10]:
        carry_out_one(pk)
