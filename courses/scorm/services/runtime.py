"""A learner's way through a package: begun, kept message by message, and reported to progress."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.catalog.models import OutlineItem
from courses.scorm import rules
from courses.scorm.errors import NotFinished, OpenedElsewhere, PackageMissing
from courses.scorm.messages import Message
from courses.scorm.models import ItemState, Package, PackageItem, Registration, Standard
from courses.scorm.queries import latest_registration
from courses.scorm.rules import Outcome
from lms.enrollment.models import Enrollment
from lms.progress.errors import Locked, NotInCourse, NotLearning, RunOver
from lms.progress.services import note_position, open_item, report

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)


def begin(enrollment: Enrollment, item: OutlineItem, *, again: bool = False) -> Registration:
    """The learner's way through the package in a lesson: the one she is on, or a new one.

    ``again`` begins a new one after the last was finished. Safe to repeat and to call from two devices at once.
    """
    open_item(enrollment, item)
    last = latest_registration(enrollment, item)
    if last is not None and not again:
        return last
    if last is not None and not rules.is_done(rules.FINISHED_OR_PASSED, _as_outcome(last)):
        raise NotFinished
    package = Package.objects.select_related("live").filter(pk=item.activity_id).first()
    if package is None or package.live is None:
        raise PackageMissing
    now = timezone.now()
    try:
        with transaction.atomic():
            return Registration.objects.create(
                enrollment=enrollment,
                item=item,
                version=package.live,
                number=last.number + 1 if last else 1,
                started_at=now,
                last_seen_at=now,
            )
    except IntegrityError:
        # The other half of a double click was first.
        other = latest_registration(enrollment, item)
        if other is None:
            raise
        return other


def open_session(registration: Registration) -> int:
    """Count one more window in which the package is opened; returns its number."""
    with transaction.atomic():
        held: Registration = _held().only("sessions").get(pk=registration.pk)
        held.sessions += 1
        held.last_seen_at = timezone.now()
        held.save(update_fields=["sessions", "last_seen_at"])
    return held.sessions


def _held() -> "QuerySet[Registration]":
    """Registrations, held to the end of the transaction."""
    return Registration.objects.select_for_update(of=("self",), no_key=True)


def held(registration_id: int) -> Registration:
    """A registration with all around it, held to the end of the transaction."""
    found: Registration = _held().select_related("version", "item", "enrollment__run__course").get(pk=registration_id)
    return found


@transaction.atomic
def keep(registration_id: int, session: int, message: Message) -> Registration:
    """Keep what a window sent, and report what it means to progress, all or nothing.

    Safe to repeat. A message that comes late, of this window or of an earlier one, changes nothing that a later one
    wrote; an earlier window is told so.
    """
    registration = held(registration_id)
    if session < registration.kept_session:
        raise OpenedElsewhere
    now = timezone.now()
    if registration.enrollment.run.ends_at <= now:
        raise RunOver
    if (session, message.number) <= (registration.kept_session, registration.kept_number):
        return registration
    before = _as_outcome(registration)
    items = {item.identifier: item for item in registration.version.items.all()}
    states = {state.item_id: state for state in registration.states.all()}
    registration.kept_session, registration.kept_number = session, message.number
    _keep_item(registration, message, items, states, now)
    _keep_activities(registration, message, items, states, now)
    if message.state is not None:
        registration.state = message.state
    recount(registration, list(items.values()), states, now, message.whole)
    registration.save()
    if replace(_as_outcome(registration), seconds=0) != replace(before, seconds=0) or message.has_ended:
        report_to_progress(registration)
    _note_time(registration, message, states)
    return registration


def recount(
    registration: Registration,
    items: Sequence[PackageItem],
    states: Mapping[int, ItemState],
    now: datetime,
    said: Mapping[str, Any] | None = None,
) -> None:
    """Bring a registration up to its items; ``said`` is what the rules of SCORM 2004 have made of the whole."""
    whole = rules.best_of(_as_outcome(registration), _whole(registration, said, items, states))
    registration.completion, registration.success, registration.score = whole.completion, whole.success, whole.score
    registration.seconds = whole.seconds
    registration.last_seen_at = now
    if registration.completed_at is None and rules.is_done(rules.FINISHED_OR_PASSED, whole):
        registration.completed_at = now


def _keep_item(
    registration: Registration,
    message: Message,
    items: dict[str, PackageItem],
    states: dict[int, ItemState],
    now: datetime,
) -> None:
    item = items.get(message.item)
    if item is None:
        return
    registration.current = item
    state = states.get(item.pk) or ItemState(registration=registration, item=item)
    if message.cmi is not None:
        state.cmi = dict(message.cmi)
        state.is_suspended = message.is_suspended
        is_12 = registration.version.standard == Standard.SCORM_12
        _put(state, rules.outcome_of_12(state.cmi) if is_12 else rules.outcome_of_2004(state.cmi))
    elif not item.is_sco:
        # A mere page says nothing of itself: being shown is all there is.
        _put(state, Outcome(rules.COMPLETED))
    _save(state, states, now)


def _keep_activities(
    registration: Registration,
    message: Message,
    items: dict[str, PackageItem],
    states: dict[int, ItemState],
    now: datetime,
) -> None:
    for identifier, said in message.activities.items():
        item = items.get(identifier)
        if item is None:
            continue
        state = states.get(item.pk)
        known = _as_outcome(state) if state else Outcome()
        made = rules.outcome_of_player(said, known)
        if made != known:
            state = state or ItemState(registration=registration, item=item)
            _put(state, made)
            _save(state, states, now)


def _whole(
    registration: Registration,
    said: Mapping[str, Any] | None,
    items: Sequence[PackageItem],
    states: Mapping[int, ItemState],
) -> Outcome:
    """The package by its items: for cmi5 by when each lets move on, for SCORM 2004 by its rules where they know."""
    parts = [_as_outcome(states[item.pk]) if item.pk in states else Outcome() for item in items]
    if registration.version.standard == Standard.CMI5:
        return rules.units_rolled_up(zip((item.move_on for item in items), parts, strict=True))
    whole = rules.rolled_up(parts)
    if registration.version.standard == Standard.SCORM_12:
        return whole
    # What the rules made of the course stays until they say otherwise. A course can be done with before every part is;
    # that every part is done counts even where the rules began to count anew.
    made = rules.outcome_of_player(said, whole) if said is not None else _as_outcome(registration)
    completion = rules.COMPLETED if whole.completion == rules.COMPLETED else made.completion
    return replace(made, completion=completion, seconds=whole.seconds)


def _put(state: ItemState, outcome: Outcome) -> None:
    state.completion, state.success = outcome.completion, outcome.success
    state.score, state.progress, state.seconds = outcome.score, outcome.progress, outcome.seconds


def _save(state: ItemState, states: dict[int, ItemState], now: datetime) -> None:
    state.saved_at = now
    state.save()
    states[state.item_id] = state


def _as_outcome(row: Registration | ItemState) -> Outcome:
    progress: Decimal | None = getattr(row, "progress", None)
    return Outcome(row.completion, row.success, row.score, progress, row.seconds)


def report_to_progress(registration: Registration) -> None:
    """Report what a registration has come to, by the author's rule for its place."""
    whole = _as_outcome(registration)
    is_done = rules.is_done(registration.item.criterion.get("by", rules.FINISHED_OR_PASSED), whole)
    try:
        report(registration.enrollment, registration.item, completed=is_done, score=whole.score)
    except (NotInCourse, NotLearning, Locked) as refusal:
        # The course moved on under a package that was open: what was done in it stays with the registration.
        logger.info("registration %s: not reported, %s", registration.pk, refusal.code)


def _note_time(registration: Registration, message: Message, states: dict[int, ItemState]) -> None:
    known = [state.progress for state in states.values() if state.progress is not None]
    position = float(sum(known) / len(known)) if known else 0.0
    try:
        note_position(registration.enrollment, registration.item, seconds=message.seconds, position=position)
    except NotLearning as refusal:
        logger.info("registration %s: time not counted, %s", registration.pk, refusal.code)
