"""The shape of narrowing a report."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.models import EmploymentType
from lms.reports import queries
from lms.reports.models import Standing
from lms.reports.queries import Filters

ALL_PERIODS = "all"


class FilterForm(forms.Form):
    """Period, run, status and employment type, all optional.

    Without a choice the newest period that has opened is shown: the whole past is rarely the question, and costs more.
    """

    period = forms.ChoiceField(label=_("Period"), required=False)
    run = forms.ChoiceField(label=_("Run"), required=False)
    standing = forms.ChoiceField(label=_("Status"), required=False)
    employment_type = forms.ChoiceField(label=_("Employment type"), required=False)

    def __init__(self, data: Any) -> None:
        periods = queries.periods()
        now = timezone.now()
        newest = next((period for period in periods if period.opens_at <= now), None)
        chosen = data.get("period") or (str(newest.pk) if newest else ALL_PERIODS)
        self.runs = queries.runs_of(int(chosen) if chosen.isdecimal() else None)
        super().__init__(
            {
                "period": chosen,
                "run": data.get("run", ""),
                "standing": data.get("standing", ""),
                "employment_type": data.get("employment_type", ""),
            }
        )
        self._offer(
            "period", [*((str(period.pk), period.title) for period in periods), (ALL_PERIODS, _("All periods"))]
        )
        self._offer(
            "run", [("", _("All runs")), *((str(run.pk), f"{run.course.title}: {run.title}") for run in self.runs)]
        )
        self._offer("standing", [("", _("All statuses")), *Standing.choices])
        self._offer("employment_type", [("", _("All employment types")), *EmploymentType.choices])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def filters(self) -> Filters:
        """What was chosen. A choice that does not exist (an old link, another period's run) is left out."""
        self.full_clean()
        chosen = self.cleaned_data
        period, run = chosen.get("period", ""), chosen.get("run", "")
        return Filters(
            period_id=int(period) if period.isdecimal() else None,
            run_id=int(run) if run else None,
            standing=chosen.get("standing", ""),
            employment_type=chosen.get("employment_type", ""),
        )
