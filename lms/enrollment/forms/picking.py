"""Choosing some of very many: units, courses, people. What is chosen are ticked boxes, what was found are others."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.enrollment.queries import picking
from lms.enrollment.queries.preview import Named
from lms.people.models import Person

TICKED = 30
"""So many of the chosen have a box each; the ids of the others travel in one field."""
SEARCH_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Where the choices come from: ``named`` knows them by their ids, ``find`` by what is typed."""

    named: Callable[[Collection[int], Person], list[Named]]
    find: Callable[[str, Person], list[Named]]
    look_for: str | Promise
    unknown: str
    """The code of the problem when an id is not known."""


SOURCES: Mapping[str, Source] = {
    "units": Source(picking.units_named, picking.find_units, _("Look for a unit by name or code"), "unknown_unit"),
    "courses": Source(picking.courses_named, picking.find_courses, _("Look for a course"), "unknown_course"),
    "people": Source(
        picking.people_named, picking.find_people, _("Look for somebody by name, number or e-mail"), "unknown_person"
    ),
}


class Pick(forms.Widget):
    """A box to search in, the chosen and the found. ``labels`` says what the chosen are called, see ``RuleEditor``."""

    template_name = "enrollment/audiences/pick.html"
    use_fieldset = True

    def __init__(self, source: str, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.source = source
        self.search = ""
        self.labels: Mapping[int, Named] = {}
        self.found: list[Named] | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[int]:
        self.search = str(data.get(f"{name}-search", "")).strip()[:SEARCH_LIMIT]
        typed = [*data.getlist(name), *str(data.get(f"{name}-kept", "")).split(",")]
        return list(dict.fromkeys(int(each) for each in typed if each.isdecimal() and len(each) < 19))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def look(self, viewer: Person) -> None:
        """Find what is searched for, if anything is."""
        if self.search:
            self.found = SOURCES[self.source].find(self.search, viewer)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = [self.labels.get(pk) or Named(pk, "–") for pk in value or ()]
        chosen.sort(key=lambda each: each.name)
        ids = {each.pk for each in chosen}
        found = None if self.found is None else [each for each in self.found if each.pk not in ids]
        context["widget"] |= {
            "search": self.search,
            "look_for": SOURCES[self.source].look_for,
            "url": f"{reverse('enrollment:audience-pick', args=[self.source])}?name={name}",
            "chosen": chosen[:TICKED],
            "kept": ",".join(str(each.pk) for each in chosen[TICKED:]),
            "more": len(chosen[TICKED:]),
            "found": found,
            "is_cut": self.found is not None and len(self.found) >= picking.FOUND,
        }
        return context


class PickFound(Pick):
    """The found alone, to be brought into a page that has the box."""

    template_name = "enrollment/audiences/pick_found.html"


class PickField(forms.Field):
    """Ids of some of very many."""

    widget: Pick

    def __init__(self, source: str, **options: Any) -> None:
        super().__init__(required=False, widget=Pick(source), **options)
