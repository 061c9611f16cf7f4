"""Preparing files for learners: claims, steps, pauses, and what happens when a worker or the storage dies."""

import logging
import shutil
import time
import traceback
import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from courses.media.events import FilePrepared
from courses.media.models import CourseDocument, MediaFile, Picture, Preparation, Rendition, Step
from courses.media.pipeline.faults import Unusable
from courses.media.rules import pause_after
from courses.media.services.leftovers import leave
from courses.media.services.steps import PLANS, STEPS, Bench, Outcome
from courses.media.storage import fetched, put
from lms.common.registry import ring
from lms.events.services import announce

logger = logging.getLogger(__name__)
State = Preparation.State

LEASE = timedelta(seconds=60)
"""How long a worker may be silent before another goes on."""
SIGN_OF_LIFE = 5.0
MOST_ATTEMPTS = 4
MOST_PAUSES = 300
"""A day of them; then somebody should look."""
AT_ONCE = 50
STILL_SHOWN = timedelta(days=1)
"""How long a replaced file stays, for whoever has the lesson open."""
NOT_ANSWERING = (OSError, BotoCoreError, ClientError)
"""What a storage raises that is away, or full. That is nobody's fault and passes."""


class _ClaimLost(Exception):
    """Another worker has taken over, because this one was silent for too long; or the file was deleted."""


def prepare(file: MediaFile | Picture | CourseDocument) -> Preparation | None:
    """Have an uploaded file prepared, in the caller's transaction. Safe to repeat; ``None`` when nothing is to do."""
    source = str(file.file.name or "")
    values: dict[str, Any]
    if isinstance(file, MediaFile):
        kind, values = file.kind, {"media": file}
    elif isinstance(file, Picture):
        kind, values = "picture", {"picture": file}
    else:
        kind, values = "document", {"document": file}
    if not source or (kind == "document" and not source.lower().endswith(".pdf")):
        return None
    preparation, is_new = Preparation.objects.get_or_create(source=source, defaults={"kind": kind, **values})
    if is_new:
        Step.objects.bulk_create(
            Step(preparation=preparation, name=name, position=position) for position, name in enumerate(PLANS[kind])
        )
        transaction.on_commit(lambda: ring("media", preparation.pk))
    return preparation


def take_up_missing() -> int:
    """Begin with files that nobody said anything about: of an import, or of a release without preparation."""
    begun = 0
    for model, of_model in (
        (MediaFile, "media"),
        (Picture, "picture"),
        (CourseDocument, "document"),
    ):
        known = Preparation.objects.filter(source=OuterRef("file"), **{of_model: OuterRef("pk")})
        missing = model.objects.exclude(file="").filter(~Exists(known))
        if model is CourseDocument:
            missing = missing.filter(file__iendswith=".pdf")
        for file in missing.order_by("-pk")[:AT_ONCE]:
            with transaction.atomic():
                begun += prepare(file) is not None
    return begun


@transaction.atomic
def try_again(preparation: Preparation) -> None:
    """Take up once more what broke off. Steps that are done stay done."""
    changed = Preparation.objects.filter(pk=preparation.pk, state=State.FAILED).update(
        state=State.WAITING, reason="", reason_values={}, attempts=0, pauses=0, not_before=timezone.now(), trace=""
    )
    if changed:
        transaction.on_commit(lambda: ring("media", preparation.pk))


def work(preparation_id: int | None = None) -> bool:
    """Take up one file (the one named, or the first that is due) until it is ready or broke off.

    Safe to call at any time in any number of workers. Returns whether there was anything to do.
    """
    held = _claim(preparation_id)
    if held is None:
        return False
    folder = work_folder(held.pk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        if held.attempts > MOST_ATTEMPTS or held.pauses > MOST_PAUSES:
            _end(held, State.FAILED, "gave-up", {})
        else:
            _go_on(held, folder)
    except _ClaimLost:
        logger.warning("preparation %s was taken over by another worker", held.pk)
    except Unusable as fault:
        _refuse(held, fault)
    except NOT_ANSWERING as error:
        logger.warning("preparation %s waits for the storage: %s", held.pk, error.__class__.__name__)
        _pause(held)
    except Exception:  # a program's bug must not stop the worker; it is kept with its trace
        logger.exception("preparation %s broke off", held.pk)
        _set_aside(held, traceback.format_exc())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def work_folder(preparation_id: int) -> Path:
    """Where a worker keeps what it is at."""
    return Path(settings.DATA_DIR) / "work" / f"media-{preparation_id}"


def tidy() -> None:
    """Take away the folders of workers that died on this machine, once nobody is at those files any more."""
    for folder in work_folder(0).parent.glob("media-*"):
        number = folder.name.removeprefix("media-")
        held = Preparation.objects.filter(pk=int(number) if number.isdigit() else 0, claim__isnull=False)
        if not held.filter(not_before__gt=timezone.now()).exists():
            shutil.rmtree(folder, ignore_errors=True)


@transaction.atomic
def _claim(preparation_id: int | None) -> Preparation | None:
    now = timezone.now()
    waiting = Preparation.objects.filter(state=State.WAITING, not_before__lte=now)
    if preparation_id is not None:
        waiting = waiting.filter(pk=preparation_id)
    skip = connection.features.has_select_for_update_skip_locked
    # Videos, which take longest, happen to be the last kind in the alphabet.
    held: Preparation | None = waiting.select_for_update(skip_locked=skip).order_by("attempts", "kind", "pk").first()
    if held is not None:
        held.claim = uuid.uuid4()
        held.not_before = now + LEASE
        held.attempts += 1
        held.save(update_fields=["claim", "not_before", "attempts"])
    return held


def _go_on(held: Preparation, folder: Path) -> None:
    if _is_outdated(held):
        with transaction.atomic():
            _hold(held)
            leave([held.source] if held.media_id else [])
            held.delete()
        return
    bench: Bench | None = None
    for step in held.steps.filter(state=Step.State.WAITING):
        alive = _SignOfLife(held, step)
        if bench is None:
            try:
                source = fetched(held.source, folder, alive.give)
            except FileNotFoundError as error:
                raise Unusable("gone") from error
            bench = Bench(held, source.resolve(), folder)
        began = time.monotonic()
        outcome = STEPS[Step.Name(step.name)](bench, alive.heard)
        alive.must_be_ours()
        for name in outcome.files if outcome else ():
            put(f"{held.folder}{name}", folder / name, alive.give)
        _write_down(held, step, outcome, time.monotonic() - began)
    _finish(held)


class _SignOfLife:
    """Prolongs the claim and tells the author how far it is, every few seconds."""

    def __init__(self, held: Preparation, step: Step) -> None:
        self._held = held
        self._step = step
        self._last = time.monotonic()

    def heard(self, seconds: float) -> None:
        """A program is that far in the recording."""
        self.give(seconds / max(float(self._held.facts.get("seconds") or 0), 0.1))

    def give(self, part: float = 0.0) -> None:
        now = time.monotonic()
        if now - self._last < SIGN_OF_LIFE:
            return
        self._last = now
        self.must_be_ours()
        if part:
            Step.objects.filter(pk=self._step.pk).update(percent=max(min(round(part * 100), 99), 0))

    def must_be_ours(self) -> None:
        ours = Preparation.objects.filter(pk=self._held.pk, claim=self._held.claim)
        if not ours.update(not_before=timezone.now() + LEASE):
            raise _ClaimLost


def _hold(held: Preparation) -> None:
    """Lock the row, or learn that it is no longer ours."""
    if not Preparation.objects.select_for_update().filter(pk=held.pk, claim=held.claim).exists():
        raise _ClaimLost


def _is_outdated(held: Preparation) -> bool:
    """Whether the author has put another file in its place meanwhile."""
    file = held.media or held.picture or held.document
    return file is None or file.file.name != held.source


@transaction.atomic
def _write_down(held: Preparation, step: Step, outcome: Outcome | None, seconds: float) -> None:
    _hold(held)
    step.state = Step.State.SKIPPED if outcome is None else Step.State.DONE
    step.percent = 100
    step.seconds = round(seconds, 1)
    if outcome is not None:
        step.result = outcome.result
        for made in outcome.renditions:
            Rendition.objects.update_or_create(
                preparation=held,
                name=made.name,
                defaults={
                    "file": held.folder + made.file,
                    "playlist": held.folder + made.playlist if made.playlist else "",
                    "width": made.width,
                    "height": made.height,
                    "rate": made.rate,
                    "peak": made.peak,
                    "size": made.size,
                },
            )
        if outcome.facts is not None:
            held.facts = outcome.facts
    step.save(update_fields=["state", "percent", "seconds", "result"])
    held.attempts = held.pauses = 0
    held.not_before = timezone.now() + LEASE
    held.save(update_fields=["facts", "attempts", "pauses", "not_before"])


@transaction.atomic
def _finish(held: Preparation) -> None:
    _hold(held)
    if held.media_id:
        known: dict[str, Any] = {"seconds": round(held.facts["seconds"])}
        if held.kind == Preparation.Kind.VIDEO:
            known["poster"] = f"{held.folder}poster.webp"
        MediaFile.objects.filter(pk=held.media_id, file=held.source).update(**known)
        _forget_others(held)
    _end(held, State.DONE)
    announce(FilePrepared(kind=held.kind, file_id=_file_id(held)))


@transaction.atomic
def _refuse(held: Preparation, fault: Unusable) -> None:
    """Say why, and take away what was uploaded and what was made of it; a document can still be downloaded."""
    with suppress(_ClaimLost):
        _hold(held)
        held.renditions.all().delete()
        if held.media_id:
            MediaFile.objects.filter(pk=held.media_id, file=held.source).update(file="", content_type="", size=0)
            leave([held.source])
        leave([held.folder])
        _end(held, State.REFUSED, fault.code, fault.values)
        announce(FilePrepared(kind=held.kind, file_id=_file_id(held)))


def _forget_others(held: Preparation) -> None:
    """What was made of the file before, which this one has replaced."""
    for before in Preparation.objects.filter(media=held.media_id).exclude(pk=held.pk):
        leave([before.source, before.folder], after=STILL_SHOWN)
        before.delete()


def _file_id(held: Preparation) -> int:
    return int(held.media_id or held.picture_id or held.document_id or 0)


def _end(held: Preparation, state: State, reason: str = "", values: dict[str, Any] | None = None) -> None:
    Preparation.objects.filter(pk=held.pk, claim=held.claim).update(
        state=state, reason=reason, reason_values=values or {}, claim=None, finished_at=timezone.now()
    )


def _pause(held: Preparation) -> None:
    """Try again later; that the storage is away is not counted against the file."""
    Preparation.objects.filter(pk=held.pk, claim=held.claim).update(
        claim=None,
        attempts=max(held.attempts - 1, 0),
        pauses=held.pauses + 1,
        not_before=timezone.now() + pause_after(held.pauses + 1),
    )


def _set_aside(held: Preparation, trace: str) -> None:
    Preparation.objects.filter(pk=held.pk, claim=held.claim).update(
        claim=None, trace=trace, not_before=timezone.now() + pause_after(held.attempts)
    )
