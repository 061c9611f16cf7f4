"""What the page in which a package plays is given: the course, where the learner is in it, and addresses."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from courses.scorm.core import walk
from courses.scorm.core.tree import Node, title_in
from courses.scorm.models import ItemState, PackageVersion, Registration
from courses.scorm.queries import learner_name
from courses.scorm.tokens import Stage, files_token


def learner_of(registration: Registration | None) -> dict[str, str]:
    """Who the learner is, for a package: a name to greet her by, and one that stays the same."""
    if registration is None:
        return {"id": "preview", "name": gettext("Preview")}
    person = registration.enrollment.person
    return {"id": learner_name(person.pk), "name": person.full_name}


def stage_data(token: str, stage: Stage, version: PackageVersion, registration: Registration | None) -> dict[str, Any]:
    """Everything that the stage needs to play the version."""
    states = {} if registration is None else {state.item.identifier: state for state in _states(registration)}
    current = registration.current if registration else None
    return {
        "standard": version.standard,
        "course": _in_language(version.course, stage.language),
        "states": {identifier: _state(state) for identifier, state in states.items()},
        "state": registration.state if registration else "",
        "current": current.identifier if current else "",
        "learner": learner_of(registration),
        "files": reverse("play:files", args=[files_token(version.pk, timezone.localdate())]),
        "keep": reverse("play:keep", args=[token]) if registration else "",
        "launch": reverse("play:launch", args=[token]) if registration else "",
        "standings": reverse("play:standings", args=[token]) if registration else "",
        "around": stage.origin,
        "words": words(),
    }


def _states(registration: Registration) -> Any:
    return registration.states.select_related("item")


def _state(state: ItemState) -> dict[str, Any]:
    return {
        "cmi": state.cmi,
        "suspended": state.is_suspended,
        "completion": state.completion,
        "success": state.success,
    }


def _in_language(course: Node, language: str) -> Node:
    """The table of contents with each title in the reader's language, where the package knows several."""
    if not any(isinstance(node["title"], dict) for node in walk(course)):
        return course

    def told(node: Mapping[str, Any]) -> Node:
        title = node["title"]
        return {
            **node,
            "title": (title_in(title, language) if isinstance(title, dict) else title) or node["id"],
            "children": [told(inner) for inner in node.get("children", [])],
        }

    return told(course)


def words() -> dict[str, str]:
    """What the stage itself says, in the reader's language."""
    return {
        "done": gettext("done"),
        "passed": gettext("passed"),
        "failed": gettext("not passed"),
        "locked": gettext("not open yet"),
        "choose": gettext("Choose a part from the contents."),
        "ended": gettext("You have come to the end. What you did is kept."),
        "nothing": gettext("Nothing more is open here now."),
        "failed_to_open": gettext("This could not be opened. Open the page again."),
        "external": gettext("This part opens in a window of its own."),
        "open": gettext("Open it"),
        "preview": gettext("Units of cmi5 open for learners only, because each opening is recorded."),
        "frame": gettext("Content of the package"),
    }
