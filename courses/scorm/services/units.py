"""Units of cmi5: opened one at a time, heard by the rules of cmi5, and reported to progress."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from courses.scorm import rules, statements
from courses.scorm.core import walk
from courses.scorm.core.tree import Node
from courses.scorm.errors import OpenedElsewhere, StatementConflict, StatementRefused
from courses.scorm.models import ItemState, LaunchSession, PackageItem, Registration, Statement
from courses.scorm.queries import learner_name
from courses.scorm.services.runtime import held, recount, report_to_progress
from lms.progress.errors import RunOver


def activity_of(item: PackageItem, folder: UUID) -> str:
    """The platform's own name for a unit: the publisher's must not be used (cmi5 8.1.5)."""
    return f"urn:uuid:{uuid5(folder, item.identifier)}"


def actor_of(registration: Registration) -> dict[str, Any]:
    """The learner, for a unit."""
    account = {"homePage": settings.SITE_URL, "name": learner_name(registration.enrollment.person_id)}
    return {"objectType": "Agent", "account": account}


@transaction.atomic
def launch(registration_id: int, session: int, identifier: str) -> LaunchSession:
    """Open a unit. The one that was open before, if any, is abandoned: one is open at a time."""
    registration = held(registration_id)
    if session < registration.kept_session:
        raise OpenedElsewhere
    now = timezone.now()
    if registration.enrollment.run.ends_at <= now:
        raise RunOver
    items = list(registration.version.items.all())
    item = next((item for item in items if item.identifier == identifier), None)
    if item is None:
        raise PackageItem.DoesNotExist
    for open_launch in registration.launches.filter(ended_at=None).select_related("item"):
        _abandon(registration, open_launch, now)
    opened = LaunchSession.objects.create(registration=registration, item=item, launched_at=now)
    _say(registration, opened, statements.LAUNCHED, activity_of(item, registration.version.folder), now)
    if session > registration.kept_session:
        registration.kept_session, registration.kept_number = session, 0
    registration.current = item
    state, is_new = ItemState.objects.get_or_create(registration=registration, item=item, defaults={"saved_at": now})
    if is_new or state.completion == rules.UNKNOWN:
        state.completion = rules.INCOMPLETE
        state.save(update_fields=["completion"])
    _settle(registration, items, now)
    return opened


def take_token(key: UUID) -> str | None:
    """The token of an opened unit: given out once, and never again."""
    token = secrets.token_urlsafe(32)
    unused = LaunchSession.objects.filter(key=key, token_digest="", ended_at=None)
    return token if unused.update(token_digest=_digest(token)) else None


def launch_of(token: str) -> LaunchSession | None:
    """The open unit that a token belongs to."""
    launches = LaunchSession.objects.select_related("item", "registration__version", "registration__enrollment__person")
    found: LaunchSession | None = launches.filter(token_digest=_digest(token), ended_at=None).first()
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def note_read(opened: LaunchSession, what: str) -> None:
    """Remember what a unit has read of what it has to read before it begins."""
    LaunchSession.objects.filter(pk=opened.pk).update(**{what: True})


@transaction.atomic
def hear(opened: LaunchSession, said: Sequence[Any]) -> list[str]:
    """Keep what a unit says, all of it or nothing; returns the ids. The same statement twice is kept once."""
    registration = held(opened.registration_id)
    current = LaunchSession.objects.select_related("item").get(pk=opened.pk)
    if current.ended_at is not None:
        raise StatementRefused("the session has ended")
    now = timezone.now()
    if registration.enrollment.run.ends_at <= now:
        raise RunOver
    keys = [_hear_one(registration, current, statement, now) for statement in said]
    _settle(registration, list(registration.version.items.all()), now)
    return keys


def _hear_one(registration: Registration, opened: LaunchSession, statement: Any, now: datetime) -> str:
    known = _known(registration, statement)
    if known is not None:
        return known
    if opened.ended_at is not None:
        raise StatementRefused("the session has ended")
    reason = statements.refusal(statement, _standing(registration, opened))
    if reason is not None:
        raise StatementRefused(reason)
    key = str(UUID(statement["id"]))
    verb, is_defined = statement["verb"]["id"], statements.is_defined(statement)
    body = {**statement, "stored": now.isoformat(), "authority": _authority()}
    Statement.objects.create(
        key=key,
        registration=registration,
        launch=opened,
        verb=verb,
        is_defined=is_defined,
        body=body,
        stored_at=now,
    )
    if is_defined:
        _follow(registration, opened, verb, statement.get("result") or {}, now)
    return key


def _known(registration: Registration, statement: Any) -> str | None:
    """The id of a statement that was kept before; its sender did not hear that it was."""
    key = statement.get("id") if isinstance(statement, dict) else None
    try:
        before = registration.statements.filter(key=UUID(key)).first() if isinstance(key, str) else None
    except ValueError:
        return None
    if before is None:
        return None
    if {**before.body, "stored": None, "authority": None} != {**statement, "stored": None, "authority": None}:
        raise StatementConflict
    return str(before.key)


def _standing(registration: Registration, opened: LaunchSession) -> statements.Standing:
    mine = registration.statements.filter(launch__item=opened.item, is_defined=True, verb__in=statements.OF_UNITS)
    said = list(mine.values_list("verb", "launch_id"))
    return statements.Standing(
        actor=actor_of(registration),
        activity=activity_of(opened.item, registration.version.folder),
        registration=str(registration.key),
        session=str(opened.key),
        mastery_score=None if opened.item.mastery_score is None else float(opened.item.mastery_score),
        may_initialize=opened.has_launch_data and opened.has_preferences,
        is_initialized=opened.initialized_at is not None,
        said={verb for verb, _launch in said},
        said_now={verb for verb, launch_id in said if launch_id == opened.pk},
    )


def _follow(
    registration: Registration, opened: LaunchSession, verb: str, result: Mapping[str, Any], now: datetime
) -> None:
    """What a statement means for the unit."""
    if verb == statements.INITIALIZED:
        opened.initialized_at = now
        opened.save(update_fields=["initialized_at"])
        return
    state = ItemState.objects.get(registration=registration, item=opened.item)
    if verb == statements.COMPLETED:
        state.completion = rules.COMPLETED
    elif verb in (statements.PASSED, statements.FAILED):
        state.success = rules.PASSED if verb == statements.PASSED else rules.FAILED
        scaled = (result.get("score") or {}).get("scaled")
        if scaled is not None:
            state.score = (max(Decimal(str(scaled)), Decimal(0)) * 100).quantize(Decimal("0.01"))
    else:
        state.seconds += rules.seconds_of(result.get("duration"))
        opened.ended_at = now
        opened.save(update_fields=["ended_at"])
    state.saved_at = now
    state.save()


def _settle(registration: Registration, items: Sequence[PackageItem], now: datetime) -> None:
    """Bring the registration up to its units, say what is satisfied by them, and report."""
    before = (registration.completion, registration.success, registration.score)
    states = {state.item_id: state for state in registration.states.all()}
    recount(registration, items, states, now)
    registration.save()
    _say_satisfied(registration, items, states, now)
    if (registration.completion, registration.success, registration.score) != before:
        report_to_progress(registration)


def _say_satisfied(
    registration: Registration, items: Sequence[PackageItem], states: Mapping[int, ItemState], now: datetime
) -> None:
    done = {
        item.identifier
        for item in items
        if statements.is_satisfied(
            item.move_on,
            completed=item.pk in states and states[item.pk].completion == rules.COMPLETED,
            passed=item.pk in states and states[item.pk].success == rules.PASSED,
        )
    }
    course: Node = registration.version.course
    groups = [node for node in walk(course) if "launch" not in node]
    satisfied = [
        f"urn:uuid:{uuid5(registration.version.folder, group['id'])}"
        for group in groups
        if all(node["id"] in done for node in walk(group) if "launch" in node)
    ]
    told = registration.statements.filter(verb=statements.SATISFIED).values_list("body__object__id", flat=True)
    for activity in [activity for activity in satisfied if activity not in set(told)]:
        _say(registration, None, statements.SATISFIED, activity, now)


def _abandon(registration: Registration, opened: LaunchSession, now: datetime) -> None:
    opened.ended_at = now
    opened.save(update_fields=["ended_at"])
    if opened.initialized_at is not None:
        seconds = max(int((now - opened.initialized_at).total_seconds()), 0)
        activity = activity_of(opened.item, registration.version.folder)
        _say(registration, opened, statements.ABANDONED, activity, now, {"duration": f"PT{seconds}S"})


def _say(
    registration: Registration,
    opened: LaunchSession | None,
    verb: str,
    activity: str,
    now: datetime,
    result: Mapping[str, Any] | None = None,
) -> None:
    """The platform's own word on what happened."""
    key = uuid4()
    context: dict[str, Any] = {
        "registration": str(registration.key),
        "contextActivities": {"category": [{"id": statements.CATEGORY}]},
    }
    if opened is not None:
        context["extensions"] = {statements.SESSION: str(opened.key)}
        context["contextActivities"]["grouping"] = [{"id": opened.item.identifier}]
    body: dict[str, Any] = {
        "id": str(key),
        "actor": actor_of(registration),
        "verb": {"id": verb, "display": {"en": verb.rsplit("/", 1)[-1]}},
        "object": {"id": activity},
        "context": context,
        "timestamp": now.isoformat(),
        "stored": now.isoformat(),
        "authority": _authority(),
    }
    if result is not None:
        body["result"] = dict(result)
    Statement.objects.create(
        key=key, registration=registration, launch=opened, verb=verb, is_defined=True, body=body, stored_at=now
    )


def _authority() -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": settings.SITE_URL, "name": "diklat"}}
