"""What cmi5 lets a unit say, and when: the rules of its chapters 9 and 10 on plain values, no database and no clock."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

VERBS = "http://adlnet.gov/expapi/verbs/"
CMI5_VERBS = "https://w3id.org/xapi/adl/verbs/"
INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED = (
    VERBS + name for name in ("initialized", "completed", "passed", "failed", "terminated")
)
LAUNCHED, VOIDED = VERBS + "launched", VERBS + "voided"
ABANDONED, SATISFIED = CMI5_VERBS + "abandoned", CMI5_VERBS + "satisfied"
OF_UNITS = (INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED)
"""The verbs by which a unit tells how it goes."""
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
PREFERENCES = "cmi5LearnerPreferences"
LAUNCH_DATA = "LMS.LaunchData"
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII)
_LANGUAGES = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*(,[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a unit that is open when it says something."""

    actor: Mapping[str, Any]
    activity: str
    registration: str
    session: str
    mastery_score: float | None
    may_initialize: bool
    """Whether it has read how it was opened and what the learner prefers."""
    is_initialized: bool
    said: Collection[str] = ()
    """Verbs that it said in this registration by which cmi5 decides."""
    said_now: Collection[str] = ()
    """The same of this session alone."""


def is_defined(statement: Mapping[str, Any]) -> bool:
    """Whether it is one of those by which cmi5 decides, or the unit's own."""
    return CATEGORY in _categories(statement)


def refusal(statement: object, standing: Standing) -> str | None:
    """Why a unit may not say this now; nothing when it may."""
    if not isinstance(statement, dict):
        return "a statement is an object"
    return (
        _wrong_form(statement, standing)
        or _wrong_context(statement, standing)
        or _wrong_moment(statement, standing)
        or (_wrong_result(statement, standing) if is_defined(statement) else None)
    )


def _wrong_form(statement: Mapping[str, Any], standing: Standing) -> str | None:
    verb, thing = _part(statement, "verb").get("id"), _part(statement, "object")
    if not _is_uuid(statement.get("id")):
        return "it has no id"
    if not _is_utc(statement.get("timestamp")):
        return "its timestamp is not in UTC"
    actor = _part(statement, "actor")
    if actor.get("objectType", "Agent") != "Agent" or actor.get("account") != standing.actor["account"]:
        return "the actor is not the learner"
    if set(actor) & {"mbox", "mbox_sha1sum", "openid"}:
        return "the actor is known by more than her account"
    if not isinstance(verb, str) or ":" not in verb or len(verb) > 255:
        return "the verb is no IRI"
    if verb == VOIDED:
        return "a unit voids nothing"
    if thing.get("objectType", "Activity") == "Activity" and not isinstance(thing.get("id"), str):
        return "the object has no id"
    if is_defined(statement):
        if verb not in OF_UNITS:
            return "only the platform says this"
        if thing.get("id") != standing.activity:
            return "the object is not the unit"
    return None


def _wrong_context(statement: Mapping[str, Any], standing: Standing) -> str | None:
    context = _part(statement, "context")
    if context.get("registration") != standing.registration:
        return "the registration is not this one"
    if _part(context, "extensions").get(SESSION) != standing.session:
        return "the session is not this one"
    verb = statement["verb"]["id"]
    wants_move_on = is_defined(statement) and verb in (COMPLETED, PASSED, FAILED)
    if wants_move_on != (MOVE_ON in _categories(statement)):
        return "the category of moving on is for completed, passed and failed"
    return None


def _wrong_moment(statement: Mapping[str, Any], standing: Standing) -> str | None:
    verb = statement["verb"]["id"]
    if is_defined(statement) and verb == INITIALIZED:
        if standing.is_initialized:
            return "the session was initialized before"
        return None if standing.may_initialize else "launch data and preferences of the learner come first"
    if not standing.is_initialized:
        return "the session was not initialized"
    if not is_defined(statement):
        return None
    if verb in (COMPLETED, PASSED) and verb in standing.said:
        return "this was said before"
    if verb == FAILED and PASSED in standing.said:
        return "what was passed does not fail"
    if verb in (PASSED, FAILED) and {PASSED, FAILED} & set(standing.said_now):
        return "one session is passed or failed once"
    return None


def _wrong_result(statement: Mapping[str, Any], standing: Standing) -> str | None:
    verb, result = statement["verb"]["id"], _part(statement, "result")
    duration = result.get("duration")
    if verb != INITIALIZED and not (isinstance(duration, str) and _DURATION.fullmatch(duration)):
        return "the duration is missing"
    if verb == COMPLETED:
        if result.get("completion") is not True or "success" in result or "score" in result:
            return "completed has completion, and neither success nor score"
        return None
    if verb not in (PASSED, FAILED):
        return None
    if result.get("success") is not (verb == PASSED) or "completion" in result:
        return "passed and failed have their success, and no completion"
    return _wrong_score(statement, result.get("score"), standing)


def _wrong_score(statement: Mapping[str, Any], score: object, standing: Standing) -> str | None:
    if score is None:
        return None
    if not isinstance(score, Mapping) or not all(_is_number(score[name]) for name in score):
        return "the score is no score"
    if "raw" in score and not ("min" in score and "max" in score and score["min"] <= score["raw"] <= score["max"]):
        return "a raw score lies between min and max"
    scaled = score.get("scaled")
    if scaled is None:
        return None
    if not -1 <= scaled <= 1:
        return "the scaled score lies between -1 and 1"
    if standing.mastery_score is None:
        return None
    if (scaled >= standing.mastery_score) != (statement["verb"]["id"] == PASSED):
        return "the score and the mastery score say otherwise"
    told = _part(_part(statement, "context"), "extensions").get(MASTERY)
    if not _is_number(told) or float(told) != standing.mastery_score:  # type: ignore[arg-type]
        return "the mastery score is not the one of the unit"
    return None


def wrong_preferences(content_type: str, document: object) -> str | None:
    """Why this is not what a learner can prefer."""
    if not content_type.startswith("application/json") or not isinstance(document, dict):
        return "preferences are a JSON object"
    languages, audio = document.get("languagePreference"), document.get("audioPreference")
    if not isinstance(languages, str) or not _LANGUAGES.fullmatch(languages):
        return "languagePreference is a list of language tags with commas between"
    return None if audio in ("on", "off") else "audioPreference is on or off"


def is_satisfied(move_on: str, *, completed: bool, passed: bool) -> bool:
    """Whether a unit is done with."""
    return {
        "Passed": passed,
        "Completed": completed,
        "CompletedAndPassed": completed and passed,
        "CompletedOrPassed": completed or passed,
    }.get(move_on, True)


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _categories(statement: Mapping[str, Any]) -> set[str]:
    categories = _part(_part(statement, "context"), "contextActivities").get("category", [])
    listed = categories if isinstance(categories, list) else [categories]
    return {entry["id"] for entry in listed if isinstance(entry, Mapping) and isinstance(entry.get("id"), str)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _is_utc(value: object) -> bool:
    if not isinstance(value, str) or not value.endswith(("Z", "+00:00")):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
