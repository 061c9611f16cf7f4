"""Reports as their readers see them."""

from dataclasses import dataclass
from typing import Any

from courses.pages.services import home_page
from courses.transfer.models import CourseImport
from courses.transfer.reasons import sentence

OUTCOMES = ("kept", "changed", "lost")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a report, in the reader's language."""

    path: str
    kind: str
    title: str
    outcome: str
    reasons: tuple[str, ...]


def may_import(person: Any) -> bool:
    """Whether ``person`` may add courses."""
    return bool(home_page().permissions_for_user(person).can_add_subpage())


def lines_of(done: CourseImport, *, outcome: str = "", kind: str = "", words: str = "") -> list[Line]:
    """The items of a report that the reader asked for."""
    words = words.strip().casefold()
    lines = []
    for item in done.report.get("items", []):
        if (outcome and item["outcome"] != outcome) or (kind and item["kind"] != kind):
            continue
        reasons = tuple(sentence(reason["code"], reason["values"]) for reason in item["reasons"])
        line = Line(item["path"], item["kind"], item["title"], item["outcome"], reasons)
        if not words or words in " ".join((line.path, line.kind, line.title, *reasons)).casefold():
            lines.append(line)
    return lines


def kinds_of(done: CourseImport) -> list[str]:
    """The kinds of item in a report."""
    return sorted({item["kind"] for item in done.report.get("items", [])})


@dataclass(frozen=True, slots=True)
class Group:
    """Components of one kind that fared alike; ``reason`` is empty for those that are as they were."""

    count: int
    kind: str
    outcome: str
    reason: str


def groups_of(done: CourseImport) -> list[Group]:
    """How many components fared how, the most first."""
    items = [item for item in done.report.get("items", []) if item["is_component"] and item["reasons"]]
    examples = {item["reason_code"]: item["reasons"][0] for item in items}
    groups = []
    for group in done.report.get("components", {}).get("by_reason", []):
        code = group["reason_code"]
        reason = sentence(code, examples[code]["values"] if group["count"] == 1 else {}) if code else ""
        groups.append(Group(group["count"], group["kind"], group["outcome"], reason))
    return groups


def visible_components(done: CourseImport) -> int:
    """How many components had something for learners to see."""
    components = done.report.get("components", {})
    return int(components.get("total", 0)) - int(components.get("nothing_shown", 0))


def problems_of(done: CourseImport) -> list[tuple[str, str]]:
    """The faults of the archive itself: where, and what."""
    return [
        (problem["path"], sentence(f"source_{problem['code']}", problem["values"]))
        for problem in done.report.get("problems", [])
    ]


def refusal_of(done: CourseImport) -> str:
    """Why the archive was refused; empty when it was not."""
    refused = done.report.get("refused")
    return sentence(refused["code"], refused["values"]) if refused else ""
