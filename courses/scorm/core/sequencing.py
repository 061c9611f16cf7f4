"""How SCORM 2004 leads through a course: the rules of one activity, as its manifest gives them."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeVar

from courses.packages.problems import Problem
from courses.scorm.core.sentences import says
from courses.scorm.core.xml import Element, attribute, child, children, local, text

Default = TypeVar("Default", float, None)

CONDITIONS = frozenset(
    {
        *("satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "objectiveMeasureGreaterThan"),
        *("objectiveMeasureLessThan", "completed", "activityProgressKnown", "attempted", "attemptLimitExceeded"),
        *("timeLimitExceeded", "outsideAvailableTimeRange", "always"),
    }
)
PRE_ACTIONS = frozenset({"skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"})
POST_ACTIONS = frozenset({"exitParent", "exitAll", "retry", "retryAll", "continue", "previous"})
EXIT_ACTIONS = frozenset({"exit"})
ROLLUP_ACTIONS = frozenset({"satisfied", "notSatisfied", "completed", "incomplete"})
_DURATION = re.compile(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ControlMode:
    """How learners may move among the children of an activity."""

    choice: bool = True
    choice_exit: bool = True
    flow: bool = False
    forward_only: bool = False
    use_current_attempt_objective_info: bool = True
    use_current_attempt_progress_info: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule."""

    condition: str
    is_negated: bool = False
    threshold: float | None = None
    objective: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens before, after or on leaving an activity when its conditions hold."""

    action: str
    conditions: tuple[Condition, ...]
    needs_all: bool = True


@dataclass(frozen=True, slots=True)
class RollupRule:
    """When the state of the children becomes that of their parent."""

    action: str
    conditions: tuple[Condition, ...]
    needs_all: bool = False
    children: str = "all"
    minimum_count: int = 0
    minimum_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class ObjectiveMap:
    """How a local objective and a global one exchange what they know."""

    target: str
    flags: Mapping[str, bool] = field(default_factory=dict)
    """``readSatisfiedStatus`` and the others; those of the fourth edition too."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What an activity teaches; the primary one decides whether it is satisfied."""

    identifier: str
    is_primary: bool = False
    satisfied_by_measure: bool = False
    minimum_measure: float = 1.0
    maps: tuple[ObjectiveMap, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequencing:
    """The rules of one activity; what is not said has the value that SCORM gives it."""

    control: ControlMode = ControlMode()
    pre_rules: tuple[Rule, ...] = ()
    post_rules: tuple[Rule, ...] = ()
    exit_rules: tuple[Rule, ...] = ()
    attempt_limit: int | None = None
    duration_limit: str = ""
    rollup_rules: tuple[RollupRule, ...] = ()
    rolls_up_satisfied: bool = True
    rolls_up_progress: bool = True
    measure_weight: float = 1.0
    objectives: tuple[Objective, ...] = ()
    randomization_timing: str = "never"
    select_count: int | None = None
    reorders_children: bool = False
    selection_timing: str = "never"
    is_tracked: bool = True
    completion_set_by_content: bool = False
    objective_set_by_content: bool = False
    prevents_activation: bool = False
    constrains_choice: bool = False
    required_for: Mapping[str, str] = field(default_factory=dict)
    """``requiredForSatisfied`` and the like, by name."""
    measure_satisfaction_if_active: bool = True


class SequencingReader:
    """Reads the sequencing of activities; those of the collection may be referred to by many."""

    def __init__(self, collection: Element | None, report: Callable[[Problem], None]) -> None:
        shared = children(collection, "sequencing") if collection is not None else []
        self.shared = {attribute(element, "ID"): element for element in shared}
        self.report = report
        self.name = ""

    def read(self, element: Element, name: str) -> Sequencing:
        """The rules that an element ``sequencing`` gives the activity ``name``."""
        self.name = name
        element = self._with_shared(element)
        rules = child(element, "sequencingRules")
        rollup = child(element, "rollupRules")
        limits = child(element, "limitConditions")
        random = child(element, "randomizationControls")
        delivery = child(element, "deliveryControls")
        choice = child(element, "constrainedChoiceConsiderations")
        considered = child(element, "rollupConsiderations")
        duration = self._word(limits, "attemptAbsoluteDurationLimit", "")
        if duration and not _DURATION.fullmatch(duration):
            duration = self._invalid("attemptAbsoluteDurationLimit", duration, "")
        return Sequencing(
            control=self._control(child(element, "controlMode")),
            pre_rules=self._rules(rules, "preConditionRule", PRE_ACTIONS),
            post_rules=self._rules(rules, "postConditionRule", POST_ACTIONS),
            exit_rules=self._rules(rules, "exitConditionRule", EXIT_ACTIONS),
            attempt_limit=self._count(limits, "attemptLimit"),
            duration_limit=duration,
            rollup_rules=self._rollup_rules(rollup),
            rolls_up_satisfied=self._truth(rollup, "rollupObjectiveSatisfied", True),
            rolls_up_progress=self._truth(rollup, "rollupProgressCompletion", True),
            measure_weight=self._number(rollup, "objectiveMeasureWeight", 1.0, 0.0, 1.0),
            objectives=self._objectives(element),
            randomization_timing=self._timing(random, "randomizationTiming"),
            select_count=self._count(random, "selectCount"),
            reorders_children=self._truth(random, "reorderChildren", False),
            selection_timing=self._timing(random, "selectionTiming"),
            is_tracked=self._truth(delivery, "tracked", True),
            completion_set_by_content=self._truth(delivery, "completionSetByContent", False),
            objective_set_by_content=self._truth(delivery, "objectiveSetByContent", False),
            prevents_activation=self._truth(choice, "preventActivation", False),
            constrains_choice=self._truth(choice, "constrainChoice", False),
            required_for={
                local(key): str(value)
                for key, value in (considered.attrib.items() if considered is not None else ())
                if local(key).startswith("requiredFor")
            },
            measure_satisfaction_if_active=self._truth(considered, "measureSatisfactionIfActive", True),
        )

    def _with_shared(self, element: Element) -> Element:
        """The element with what it refers to put in, where it says nothing itself."""
        reference = attribute(element, "IDRef")
        if not reference:
            return element
        shared = self.shared.get(reference)
        if shared is None:
            self.report(says("sequencing-missing", "imsmanifest.xml", name=self.name, needed=reference))
            return element
        whole = deepcopy(element)
        own = {local(part.tag) for part in whole}
        for part in shared:
            if local(part.tag) not in own:
                whole.append(deepcopy(part))
        return whole

    def _control(self, element: Element | None) -> ControlMode:
        return ControlMode(
            choice=self._truth(element, "choice", True),
            choice_exit=self._truth(element, "choiceExit", True),
            flow=self._truth(element, "flow", False),
            forward_only=self._truth(element, "forwardOnly", False),
            use_current_attempt_objective_info=self._truth(element, "useCurrentAttemptObjectiveInfo", True),
            use_current_attempt_progress_info=self._truth(element, "useCurrentAttemptProgressInfo", True),
        )

    def _rules(self, element: Element | None, name: str, actions: frozenset[str]) -> tuple[Rule, ...]:
        found = []
        for rule in children(element, name) if element is not None else ():
            holder = child(rule, "ruleConditions")
            action = self._one_of(child(rule, "ruleAction"), "action", actions)
            conditions = self._conditions(holder, "ruleCondition")
            if action and conditions:
                found.append(Rule(action, conditions, self._word(holder, "conditionCombination", "all") != "any"))
        return tuple(found)

    def _rollup_rules(self, element: Element | None) -> tuple[RollupRule, ...]:
        found = []
        for rule in children(element, "rollupRule") if element is not None else ():
            holder = child(rule, "rollupConditions")
            action = self._one_of(child(rule, "rollupAction"), "action", ROLLUP_ACTIONS)
            conditions = self._conditions(holder, "rollupCondition")
            if action and conditions:
                found.append(
                    RollupRule(
                        action,
                        conditions,
                        self._word(holder, "conditionCombination", "any") == "all",
                        self._word(rule, "childActivitySet", "all"),
                        self._count(rule, "minimumCount") or 0,
                        self._number(rule, "minimumPercent", 0.0, 0.0, 1.0),
                    )
                )
        return tuple(found)

    def _conditions(self, holder: Element | None, name: str) -> tuple[Condition, ...]:
        found = []
        for element in children(holder, name) if holder is not None else ():
            condition = self._one_of(element, "condition", CONDITIONS)
            if condition:
                threshold = self._number(element, "measureThreshold", None, -1.0, 1.0)
                is_negated = self._word(element, "operator", "noOp") == "not"
                found.append(Condition(condition, is_negated, threshold, attribute(element, "referencedObjective")))
        return tuple(found)

    def _objectives(self, sequencing: Element) -> tuple[Objective, ...]:
        # The fourth edition lists the same objectives once more in a namespace of its own, with further maps.
        holders = children(sequencing, "objectives")
        found: dict[str, Objective] = {}
        for holder in holders:
            for element in holder:
                if local(element.tag) not in ("primaryObjective", "objective"):
                    continue
                name = attribute(element, "objectiveID")
                maps = tuple(self._map(inner) for inner in children(element, "mapInfo"))
                if name in found:
                    known = found[name]
                    found[name] = Objective(
                        name, known.is_primary, known.satisfied_by_measure, known.minimum_measure, known.maps + maps
                    )
                    continue
                found[name] = Objective(
                    name,
                    local(element.tag) == "primaryObjective",
                    self._truth(element, "satisfiedByMeasure", False),
                    self._measure(element),
                    maps,
                )
        return tuple(found.values())

    def _measure(self, objective: Element) -> float:
        element = child(objective, "minNormalizedMeasure")
        given = text(element)
        if not given:
            return 1.0
        measure = as_number(given)
        if measure is None or not -1.0 <= measure <= 1.0:
            self._invalid("minNormalizedMeasure", given, "")
            return 1.0
        return measure

    def _map(self, element: Element) -> ObjectiveMap:
        names = [local(key) for key in element.attrib if local(key).startswith(("read", "write"))]
        return ObjectiveMap(
            attribute(element, "targetObjectiveID"), {name: self._truth(element, name, False) for name in names}
        )

    # Values

    def _invalid(self, name: str, value: str, instead: str) -> str:
        self.report(says("value-invalid", "imsmanifest.xml", property=name, value=value, name=self.name))
        return instead

    def _word(self, element: Element | None, name: str, default: str) -> str:
        return (attribute(element, name) if element is not None else "") or default

    def _one_of(self, element: Element | None, name: str, allowed: frozenset[str]) -> str:
        value = self._word(element, name, "")
        return value if value in allowed else self._invalid(name, value, "")

    def _timing(self, element: Element | None, name: str) -> str:
        value = self._word(element, name, "never")
        if value in ("never", "once", "onEachNewAttempt"):
            return value
        return self._invalid(name, value, "never")

    def _truth(self, element: Element | None, name: str, default: bool) -> bool:
        value = self._word(element, name, "").lower()
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        if value:
            self._invalid(name, value, "")
        return default

    def _count(self, element: Element | None, name: str) -> int | None:
        value = self._word(element, name, "")
        if value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        if value:
            self._invalid(name, value, "")
        return None

    def _number(
        self, element: Element | None, name: str, default: Default, least: float, most: float
    ) -> float | Default:
        value = self._word(element, name, "")
        if not value:
            return default
        number = as_number(value)
        if number is None or not least <= number <= most:
            self._invalid(name, value, "")
            return default
        return number


def as_number(value: str) -> float | None:
    """The number that the text is; ``None`` for any other text."""
    is_number = re.fullmatch(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})", value, re.ASCII)
    return float(value) if is_number else None
