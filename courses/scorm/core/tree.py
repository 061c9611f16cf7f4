"""A course as its player wants it: one tree of plain values, fit for JSON, in the words of npm's ``scorm-again``.

Every entry has ``id``, ``title`` and ``children``; those that can be opened have ``launch`` too. The rules of SCORM
2004 stand under ``sequencing``, shaped as the settings of an activity of ``scorm-again``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from courses.scorm.core.cmi5 import Block, Cmi5Package, Unit
from courses.scorm.core.manifest import Item, Organization
from courses.scorm.core.package import ScormPackage
from courses.scorm.core.sequencing import Condition, Objective, Sequencing

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be opened, as rows keep it."""

    identifier: str
    title: str
    launch: str
    """A path inside the package with its query, or an address elsewhere."""
    is_sco: bool
    """Whether it speaks with the platform; otherwise it is only shown."""
    mastery_score: float | None = None
    """0-1."""
    move_on: str = ""
    objectives: tuple[str, ...] = ()


def with_parameters(launch: str, parameters: str) -> str:
    """The address with an entry's parameters, joined as SCORM 2004 says (CAM 3.4.1.6)."""
    parameters = parameters.lstrip("?&")
    if not parameters:
        return launch
    if parameters.startswith("#"):
        return launch if "#" in launch else launch + parameters
    address, hash_sign, fragment = launch.partition("#")
    joined = f"{address}{'&' if '?' in address else '?'}{parameters}"
    # A fragment in the parameters takes the place of the one before.
    return joined if "#" in parameters else joined + hash_sign + fragment


def scorm_tree(package: ScormPackage) -> tuple[Node, list[Entry]]:
    """The default organization of a good package, and what can be opened in it, in order."""
    manifest = package.manifest
    assert manifest is not None
    organization: Organization = manifest.default
    entries: list[Entry] = []

    def node_of(item: Item) -> Node:
        resource = manifest.resources.get(item.resource)
        node: Node = {"id": item.identifier, "title": item.title}
        if not item.is_visible:
            node["hidden"] = True
        if resource is not None and item.resource in package.launches:
            launch = with_parameters(package.launches[item.resource], item.parameters)
            node |= {"launch": launch, "sco": resource.is_sco}
            entries.append(
                Entry(
                    item.identifier,
                    item.title,
                    launch,
                    resource.is_sco,
                    _mastery(item),
                    objectives=_objective_names(item.sequencing),
                )
            )
        node |= _run_time_values(item)
        node["sequencing"] = _sequencing(item)
        node["children"] = [node_of(inner) for inner in item.children]
        return node

    root: Node = {
        "id": organization.identifier,
        "title": organization.title,
        "global_objectives": organization.objectives_global_to_system,
        "sequencing": _rules(organization.sequencing),
        "children": [node_of(item) for item in organization.items],
    }
    return root, entries


def _mastery(item: Item) -> float | None:
    if item.mastery_score is not None:
        return item.mastery_score / 100
    primary = next((entry for entry in _objectives_of(item.sequencing) if entry.is_primary), None)
    return primary.minimum_measure if primary is not None and primary.satisfied_by_measure else None


def _objectives_of(sequencing: Sequencing | None) -> tuple[Objective, ...]:
    return sequencing.objectives if sequencing is not None else ()


def _objective_names(sequencing: Sequencing | None) -> tuple[str, ...]:
    return tuple(entry.identifier for entry in _objectives_of(sequencing) if entry.identifier)


def _run_time_values(item: Item) -> Node:
    """What the entry is told when it begins."""
    told = {
        "prerequisites": item.prerequisites,
        "mastery_score": item.mastery_score,
        "max_time_allowed": item.max_time_allowed,
        "time_limit_action": item.time_limit_action,
        "launch_data": item.launch_data,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _sequencing(item: Item) -> Node:
    rules = _rules(item.sequencing)
    if item.completion_threshold is not None or item.completed_by_measure or item.progress_weight != 1.0:
        rules["completionThreshold"] = {
            "completedByMeasure": item.completed_by_measure,
            "minProgressMeasure": 1.0 if item.completion_threshold is None else item.completion_threshold,
            "progressWeight": item.progress_weight,
        }
    if item.hidden_controls:
        rules["hideLmsUi"] = sorted(item.hidden_controls)
    if item.shared_data:
        rules["sharedDataMaps"] = [
            {"targetID": name, "readSharedData": may_read, "writeSharedData": may_write}
            for name, may_read, may_write in item.shared_data
        ]
    if item.time_limit_action:
        rules["timeLimitAction"] = item.time_limit_action
    return rules


def _rules(given: Sequencing | None) -> Node:
    if given is None:
        return {}
    control = given.control
    rules: Node = {
        "sequencingControls": {
            "choice": control.choice,
            "choiceExit": control.choice_exit,
            "flow": control.flow,
            "forwardOnly": control.forward_only,
            "useCurrentAttemptObjectiveInfo": control.use_current_attempt_objective_info,
            "useCurrentAttemptProgressInfo": control.use_current_attempt_progress_info,
            "preventActivation": given.prevents_activation,
            "constrainChoice": given.constrains_choice,
            "rollupObjectiveSatisfied": given.rolls_up_satisfied,
            "rollupProgressCompletion": given.rolls_up_progress,
            "objectiveMeasureWeight": given.measure_weight,
            "selectionTiming": given.selection_timing,
            "selectCount": given.select_count,
            "randomizationTiming": given.randomization_timing,
            "reorderChildren": given.reorders_children,
        },
        "deliveryControls": {
            "tracked": given.is_tracked,
            "completionSetByContent": given.completion_set_by_content,
            "objectiveSetByContent": given.objective_set_by_content,
        },
        "sequencingRules": {
            name: [
                {
                    "action": rule.action,
                    "conditionCombination": "all" if rule.needs_all else "any",
                    "conditions": [_condition(condition) for condition in rule.conditions],
                }
                for rule in found
            ]
            for name, found in (
                ("preConditionRules", given.pre_rules),
                ("postConditionRules", given.post_rules),
                ("exitConditionRules", given.exit_rules),
            )
        },
        "rollupRules": {
            "rules": [
                {
                    "action": rule.action,
                    "conditionCombination": "all" if rule.needs_all else "any",
                    "consideration": rule.children,
                    "minimumCount": rule.minimum_count,
                    "minimumPercent": rule.minimum_percent,
                    "conditions": [_condition(condition) for condition in rule.conditions],
                }
                for rule in given.rollup_rules
            ]
        },
        "rollupConsiderations": {
            **given.required_for,
            "measureSatisfactionIfActive": given.measure_satisfaction_if_active,
        },
    }
    if given.attempt_limit is not None:
        rules["attemptLimit"] = given.attempt_limit
    if given.duration_limit:
        rules["attemptAbsoluteDurationLimit"] = given.duration_limit
    for objective in given.objectives:
        if objective.is_primary:
            rules["primaryObjective"] = _objective(objective)
        else:
            rules.setdefault("objectives", []).append(_objective(objective))
    return rules


def _condition(condition: Condition) -> Node:
    found: Node = {"condition": condition.condition}
    if condition.is_negated:
        found["operator"] = "not"
    if condition.threshold is not None:
        found["parameters"] = {"threshold": condition.threshold}
    if condition.objective:
        found["referencedObjective"] = condition.objective
    return found


def _objective(objective: Objective) -> Node:
    return {
        # A primary objective need not have a name, and is nothing to the player without one.
        "objectiveID": objective.identifier or "PRIMARYOBJ",
        "isPrimary": objective.is_primary,
        "satisfiedByMeasure": objective.satisfied_by_measure,
        "minNormalizedMeasure": objective.minimum_measure,
        "mapInfo": [{"targetObjectiveID": entry.target, **entry.flags} for entry in objective.maps],
    }


def cmi5_tree(package: Cmi5Package) -> tuple[Node, list[Entry]]:
    """The blocks and units of a good cmi5 course, and its units in order. Titles are by language."""
    course = package.course
    assert course is not None
    entries: list[Entry] = []
    by_folded = {name.casefold(): name for name in package.files}

    def launch_of(unit: Unit) -> str:
        address = urlsplit(unit.url)
        if address.scheme:
            return unit.url
        name = unquote(address.path).removeprefix("./").casefold()
        fragment = f"#{address.fragment}" if address.fragment else ""
        return by_folded.get(name, name) + (f"?{address.query}" if address.query else "") + fragment

    def node_of(part: Block | Unit) -> Node:
        node: Node = {"id": part.identifier, "title": dict(part.title), "children": []}
        if isinstance(part, Block):
            node["children"] = [node_of(inner) for inner in part.parts]
            return node
        entries.append(
            Entry(
                part.identifier,
                title_in(part.title, "") or part.identifier,
                launch_of(part),
                True,
                part.mastery_score,
                part.move_on,
                part.objectives,
            )
        )
        return node | {
            "launch": launch_of(part),
            "launch_method": str(part.launch_method),
            "launch_parameters": part.launch_parameters,
            "entitlement_key": part.entitlement_key,
            "activity_type": part.activity_type,
        }

    return {
        "id": course.identifier,
        "title": dict(course.title),
        "children": [node_of(part) for part in course.parts],
    }, entries


def title_in(titles: Mapping[str, str], language: str) -> str:
    """The title in the reader's language or a variety of it, else in English, else the first one."""
    for wanted in (language, "en"):
        for given, title in titles.items():
            if title and wanted and given.lower().split("-")[0] == wanted:
                return title
    return next((title for title in titles.values() if title), "")


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in their order."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(found.get("children", [])))
