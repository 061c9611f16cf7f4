"""The form of an audience: its name, and its rule as groups of conditions that grow and shrink from post to post."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lms.enrollment.forms.conditions import FORMS, ConditionForm, PeopleForm, Quiet
from lms.enrollment.forms.picking import SOURCES, PickField
from lms.enrollment.models import Audience
from lms.enrollment.queries import picking
from lms.enrollment.queries.preview import Named
from lms.enrollment.querysets import EDITORS
from lms.enrollment.rules import audiences as rules
from lms.enrollment.rules.audiences.reading import DEEPEST, MESSAGES, MOST_CONDITIONS
from lms.people.models import OrgUnit, Person
from lms.people.queries import branch_roots

MENU: list[tuple[str | Promise, tuple[str, ...]]] = [
    (_("Where they work"), ("unit", "unit_type", "province", "remote")),
    (_("What they are"), ("position", "grade", "employment")),
    (_("Who they are"), ("sex", "age", "people")),
    (_("Since when"), ("joined", "served")),
    (_("What they have learned"), ("completed", "hours")),
]
"""The kinds of condition as one looks for them."""

OPERATORS = [
    ("all", _("all of these hold")),
    ("any", _("at least one of these holds")),
    ("none", _("none of these holds")),
]
ROOT = 0


class AudienceForm(Quiet):
    """What an audience is called and, when it is new, whose branch may edit it."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For example: Penghulu in remote areas."))
    organizer = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label=_("Belongs to"),
        empty_label=None,
        help_text=_("Whose branch may use and edit it."),
    )

    def __init__(self, *args: Any, person: Person, audience: Audience | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience = audience
        roots = branch_roots(person, *EDITORS).order_by("name", "pk")
        organizer: Any = self.fields["organizer"]
        if audience is not None:
            del self.fields["organizer"]
        else:
            organizer.queryset = roots
            organizer.initial = roots.first()

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        organizer = self.audience.organizer if self.audience else cleaned.get("organizer")
        namesakes = Audience.objects.filter(organizer=organizer, name=cleaned.get("name"))
        if organizer and namesakes.exclude(pk=self.audience and self.audience.pk).exists():
            self.add_error("name", _("This unit has an audience of this name already."))
        return cleaned


@dataclass
class Part:
    """A condition or a group as it stands in the form. Its key stays the same while others come and go."""

    key: int
    depth: int
    form: ConditionForm | None = None
    operator: str = "all"
    of: "list[Part]" = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_first_seen: bool = False
    """Just added, or what something was just taken out of: the reader goes on here."""

    @property
    def kind(self) -> str:
        return self.form.kind if self.form else "group"

    @property
    def may_hold_groups(self) -> bool:
        return self.depth + 1 < DEEPEST

    def said(self) -> dict[str, Any]:
        """The part for ``read_rule``."""
        return self.form.said() if self.form else {self.operator: [part.said() for part in self.of]}

    def everything(self) -> "Iterator[Part]":
        """Itself and what is in it, in the order of reading."""
        yield self
        for part in self.of:
            yield from part.everything()


class RuleEditor:
    """A rule while it is made. Every post brings all of it and one thing to do."""

    menu = [(heading, [FORMS[kind] for kind in kinds]) for heading, kinds in MENU]
    operators = OPERATORS

    def __init__(self, viewer: Person, stored: Mapping[str, Any] | None) -> None:
        """An editor that holds the stored rule, or an empty one."""
        self.viewer = viewer
        self.root = Part(ROOT, 0)
        self.stored_people = _people_of(stored) if stored else frozenset[int]()
        if stored:
            self.root = self._opened(stored, 0, iter(range(ROOT, 10_000)))

    @classmethod
    def sent(cls, given: QueryDict, viewer: Person, stored: Mapping[str, Any] | None) -> "RuleEditor":
        """An editor that holds what was posted, whole or not. What cannot be made out is left out."""
        editor = cls(viewer, None)
        editor.stored_people = _people_of(stored) if stored else frozenset()
        data = given.copy()
        groups = {ROOT: editor.root}
        editor.root.operator = _operator(data.get("c0-operator"))
        for line in data.getlist("part")[: 4 * MOST_CONDITIONS]:
            numbers, _space, kind = line.rpartition(" ")
            key, _space, parent = numbers.partition(" ")
            if not (key.isdecimal() and parent.isdecimal() and int(parent) in groups) or int(key) in groups:
                continue
            group = groups[int(parent)]
            if kind in FORMS:
                if kind == PeopleForm.kind:
                    _take_pasted(data, f"c{key}", viewer)
                group.of.append(Part(int(key), group.depth + 1, FORMS[kind](data, prefix=f"c{key}")))
            elif group.may_hold_groups:
                inner = Part(int(key), group.depth + 1, operator=_operator(data.get(f"c{key}-operator")))
                groups[inner.key] = inner
                group.of.append(inner)
        return editor

    def _opened(self, node: Mapping[str, Any], depth: int, keys: Iterator[int]) -> Part:
        key = next(keys)
        if "kind" in node:
            form = FORMS[node["kind"]]
            return Part(key, depth, form(initial=form.shown(node), prefix=f"c{key}"))
        [(operator, nodes)] = node.items()
        return Part(key, depth, None, operator, [self._opened(each, depth + 1, keys) for each in nodes])

    def do(self, action: str) -> bool:
        """Add or take out a part; whether that was asked for."""
        verb, *rest = action.split()
        if verb not in ("add", "remove") or not rest or not rest[0].isdecimal():
            return False
        for part in list(self.root.everything()):
            if verb == "remove" and any(inner.key == int(rest[0]) for inner in part.of):
                part.of = [inner for inner in part.of if inner.key != int(rest[0])]
                part.is_first_seen = True
            elif verb == "add" and part.key == int(rest[0]) and part.form is None and len(rest) == 2:
                self._add(part, rest[1])
        return True

    def _add(self, group: Part, kind: str) -> None:
        key = 1 + max(part.key for part in self.root.everything())
        if kind in FORMS:
            group.of.append(Part(key, group.depth + 1, FORMS[kind](prefix=f"c{key}"), is_first_seen=True))
        elif kind in list(rules.Operator) and group.may_hold_groups:
            group.of.append(Part(key, group.depth + 1, operator=kind, is_first_seen=True))

    def conditions(self) -> list[ConditionForm]:
        return [part.form for part in self.root.everything() if part.form]

    def check(self) -> rules.Group | None:
        """The rule, or ``None`` once every part knows what is wrong with it."""
        if not all(form.is_bound for form in self.conditions()):
            return None
        valid = [form.is_valid() for form in self.conditions()]
        self._check_names()
        rule, problems = rules.read_rule(self.root.said())
        for problem in problems:
            self._tell(problem)
        is_clean = all(valid) and not any(form.errors for form in self.conditions())
        return rule if is_clean else None

    def heard(self) -> rules.Group | None:
        """The rule as far as it is filled in; what is not yet whole is passed over."""
        said = _heard(self.root)
        return rules.read_rule(said)[0] if said else None

    def _tell(self, problem: rules.RuleProblem) -> None:
        part = self.root
        for place in problem.path:
            part = part.of[place]
        if part.form is None:
            part.problems.append(problem.text)
        elif problem.name not in part.form.errors and not part.form.errors:
            part.form.add_error(problem.name if problem.name in part.form.fields else None, problem.text)

    def _check_names(self) -> None:
        """Note what is named but not known, and the lines of lists that named nobody."""
        self.name_chosen()
        for form in self.conditions():
            for name, chosen in _picks(form):
                unknown = [pk for pk in form.cleaned_data.get(name, ()) if pk not in chosen.widget.labels]
                if unknown:
                    form.add_error(name, str(MESSAGES[SOURCES[chosen.widget.source].unknown]))
            lines = len(form.cleaned_data.get("pasted", "").splitlines())
            if lines:
                text = ngettext(
                    "%(lines)d line names nobody of your branch. Mend it, or take it out.",
                    "%(lines)d lines name nobody of your branch. Mend them, or take them out.",
                    lines,
                )
                form.add_error("pasted", text % {"lines": lines})

    def name_chosen(self) -> None:
        """Look up what all the chosen are called: a query or two for each kind of thing, however many conditions."""
        wanted: dict[str, set[int]] = {}
        picks = [(form, name, chosen) for form in self.conditions() for name, chosen in _picks(form)]
        for form, name, chosen in picks:
            wanted.setdefault(chosen.widget.source, set()).update(form[name].value() or ())
        for source, ids in wanted.items():
            labels = {each.pk: each for each in SOURCES[source].named(ids, self.viewer)} if ids else {}
            if source == "people":
                stranger = str(_("somebody outside your branch"))
                labels = {pk: Named(pk, stranger) for pk in ids & self.stored_people} | labels
            for _form, _name, chosen in picks:
                if chosen.widget.source == source:
                    chosen.widget.labels = labels

    def look(self) -> bool:
        """Find what is searched for in any of the boxes; whether there was anything to look for."""
        searched = False
        for form in self.conditions():
            for name, chosen in _picks(form):
                # What is typed in the box is read along with the value.
                form[name].value()
                chosen.widget.look(self.viewer)
                searched |= bool(chosen.widget.search)
        return searched

    @property
    def is_wrong(self) -> bool:
        """Whether any part has something to correct, and says so."""
        return any(part.problems or (part.form and part.form.errors) for part in self.root.everything())

    def hush(self) -> None:
        """Say nothing of what is wrong yet."""
        for part in self.root.everything():
            part.problems.clear()
            if part.form:
                part.form.is_quiet = True


def _picks(form: ConditionForm) -> "Iterator[tuple[str, PickField]]":
    for name, each in form.fields.items():
        if isinstance(each, PickField):
            yield name, each


def _heard(part: Part) -> dict[str, Any] | None:
    if part.form is not None:
        is_whole = part.form.is_valid() and rules.read_rule({"all": [part.said()]})[0] is not None
        return part.said() if is_whole else None
    inner = [said for each in part.of if (said := _heard(each)) is not None]
    return {part.operator: inner} if inner else None


def _operator(given: str | None) -> str:
    return given if given in list(rules.Operator) else "all"


def _people_of(stored: Mapping[str, Any]) -> frozenset[int]:
    conditions = rules.conditions_of(rules.stored_rule(stored))
    return frozenset(pk for each in conditions if isinstance(each, rules.IsListed) for pk in each.people)


def _take_pasted(data: QueryDict, prefix: str, viewer: Person) -> None:
    """Choose whom the lines of a pasted list are of; lines that name nobody stay for mending."""
    lines = [line.strip() for line in data.get(f"{prefix}-pasted", "").splitlines() if line.strip()]
    if not lines:
        return
    ids = picking.ids_of(lines[: rules.MOST_LISTED], viewer)
    data[f"{prefix}-pasted"] = "\n".join(line for line in lines if line not in ids)
    data.setlist(f"{prefix}-people", [*data.getlist(f"{prefix}-people"), *map(str, ids.values())])
