"""The field by which a form chooses an audience."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.signing import Signer
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.enrollment.models import Audience
from lms.people.models import Person
from theme.templatetags.numbers import count

SHOWN = 200
"""So many audiences are offered at once; the rest are found by their names."""
SEARCHED = 12
"""With more audiences than this there is a box to look for one."""


signer = Signer(salt="audience-options")
"""Lets the list that is brought in anew hold what the form held, also of another branch, and nothing else of it."""


class AudienceSelect(forms.Select):
    """A list to choose from, with a box that narrows it: by script while one types, without by a button.

    ``total`` is how many there are, ``search`` the words it is narrowed to. ``present`` and ``chosen`` are ids
    that stay in it all the same: what the form held already, and what is chosen now, which is yet to be checked.
    """

    template_name = "enrollment/audience_select.html"
    total = 0
    search = ""
    wants_search = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present: set[int] = set()
        self.chosen: set[int] = set()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        self.search = str(data.get(f"{name}-search", "")).strip()[:100]
        self.wants_search = f"{name}-find" in data
        chosen = super().value_from_datadict(data, files, name)
        if str(chosen or "").isdecimal():
            self.chosen = {int(chosen)}
        return chosen

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["search"] = self.search
        if self.total > SEARCHED:
            present = signer.sign_object(sorted(self.present))
            query = urlencode({"name": name, "present": present} | ({} if self.is_required else {"everybody": 1}))
            context["widget"]["search_url"] = f"{reverse('enrollment:audience-options')}?{query}"
        return context


class AudienceOptions(AudienceSelect):
    """What stands in such a list, to be brought into a page that has it."""

    template_name = "enrollment/audience_options.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["found"] = sum(
            len(options) for unit, options, _place in context["widget"]["optgroups"] if unit
        )
        return context


class _Choices(ModelChoiceIterator):  # type: ignore[type-arg]
    """The audiences by the units they belong to, those found first; the chosen one is never missing."""

    field: "AudienceField"

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for unit, some in groupby(self.field.offered(), key=lambda audience: str(audience.organizer)):
            yield unit, [self.choice(audience) for audience in some]


class AudienceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the audiences that a person may use, or everybody.

    A form says for whom it is before it is shown: ``self.fields["audience"].offer_to(person, present)``, where
    ``present`` is the audience chosen so far, which stays possible even if it belongs to another branch.
    """

    widget: AudienceSelect = AudienceSelect  # type: ignore[assignment]
    iterator = _Choices
    default_error_messages = {"invalid_choice": gettext_lazy("Choose an audience of your own branch.")}

    def __init__(self, **options: Any) -> None:
        given = {"label": gettext_lazy("For whom"), "required": False, "empty_label": gettext_lazy("Everybody")}
        super().__init__(Audience.objects.none(), **{**given, **options})

    def offer_to(self, person: Person, present: Audience | None = None) -> None:
        """Let ``person`` choose among the audiences of her branches; ``present`` is chosen already."""
        self.initial = present and present.pk
        self.let_choose(person, {present.pk} if present is not None else set())

    def let_choose(self, person: Person, present: set[int]) -> None:
        """The same by ids, without choosing one."""
        own = Audience.objects.visible_to(person).current()
        self.queryset = Audience.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=present))
        self.widget.total = self.queryset.count()
        self.widget.present = present

    def offered(self) -> list[Audience]:
        """What the list holds: the audiences with the words looked for in their names, and the chosen one."""
        audiences: Any = self.queryset
        rows = audiences.select_related("organizer").order_by("organizer__name", "organizer", "name")
        found = Q()
        for word in self.widget.search.split():
            found &= Q(name__icontains=word) | Q(organizer__name__icontains=word)
        offered = list(rows.filter(found)[:SHOWN])
        missing = (self.widget.present | self.widget.chosen) - {audience.pk for audience in offered}
        return [*rows.filter(pk__in=missing), *offered] if missing else offered

    def label_from_instance(self, audience: Any) -> str:
        people = ngettext("%(count)s person", "%(count)s people", audience.members) % {"count": count(audience.members)}
        return f"{audience.name} ({people})"

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        if self.widget.wants_search:
            # Sent by the button beside the box: the page comes back with what was found, and nothing is saved.
            raise forms.ValidationError(_("Choose one of the audiences that were found."), code="searching")
        return chosen
