"""The form of a mass enrollment."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from lms.jobs.forms import SpreadsheetField


class ListForm(forms.Form):
    """A spreadsheet of people, and the run for the rows that name none."""

    run = forms.ChoiceField(
        label=_("Run"),
        required=False,
        help_text=_("Leave it open when each row of the file names its run."),
    )
    file = SpreadsheetField()

    def __init__(self, *args: Any, runs: Sequence[CourseRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_period: dict[str, list[tuple[str, str]]] = {}
        for run in runs:
            by_period.setdefault(run.seating.period.title, []).append((str(run.pk), f"{run} ({run.pk})"))
        field = cast("forms.ChoiceField", self.fields["run"])
        field.choices = [("", _("As the file says")), *by_period.items()]

    def clean_run(self) -> int | None:
        return int(self.cleaned_data["run"]) if self.cleaned_data["run"] else None
