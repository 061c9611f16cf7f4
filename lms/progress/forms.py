"""The shape of narrowing the list of what is to be looked at, and of deciding."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from lms.progress.queries import ReviewFilters

OPEN, DECIDED = "open", "decided"
ACCEPT, AGAIN = "accept", "again"


class ReviewFilterForm(forms.Form):
    """Name, run and status, all optional. What does not exist (an old link) is left out."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    run = forms.TypedChoiceField(label=_("Run"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[(OPEN, _("to be looked at")), (DECIDED, _("decided"))]
    )

    def __init__(self, data: Any, runs: Sequence[CourseRun]) -> None:
        super().__init__(data)
        choice: Any = self.fields["run"]
        choice.choices = [("", _("All runs")), *((run.pk, f"{run.course.title}, {run.title}") for run in runs)]

    def filters(self) -> ReviewFilters:
        """What was chosen."""
        self.full_clean()
        chosen = self.cleaned_data
        return ReviewFilters(chosen.get("state") == DECIDED, chosen.get("run"), chosen.get("q", ""))


class DecisionForm(forms.Form):
    """What is decided of the entries that were ticked, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The learners read it, and it stays on record: “Attended the same talk at the office on 3 June”."),
        error_messages={"required": _("Write why, in a sentence that the learners understand.")},
    )
    decision = forms.ChoiceField(choices=[(ACCEPT, ACCEPT), (AGAIN, AGAIN)], widget=forms.HiddenInput)
