"""The completion report of a branch as a file, person by person."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.jobs.kinds import Export
from lms.jobs.models import Job
from lms.jobs.services import create
from lms.people.models import EmploymentType, OrgUnit
from lms.reports import queries
from lms.reports.models import Standing
from lms.reports.queries import Filters

FORMATS = ("xlsx", "csv")


class CompletionExport(Export):
    """One line an enrollment. What may be in it is decided when it is asked for, and again when it is written."""

    name = "reports.completion"
    title = gettext_lazy("Completion report")

    def may_use(self, person: Any) -> bool:
        return queries.may_report(person)

    def _unit(self, job: Job) -> OrgUnit:
        # The officer may have lost her branch while the job waited.
        return queries.reportable_units(job.by).get(pk=job.parameters["unit"])

    def total(self, job: Job) -> int:
        return queries.enrollments_of_branch(self._unit(job), Filters(**job.parameters["filters"])).count()

    def file_stem(self, job: Job) -> str:
        return f"{slugify(_('completion report'))}-{slugify(self._unit(job).code)}-{timezone.localdate():%Y%m%d}"

    def headings(self, job: Job) -> list[str]:
        return [
            _("Unit code"),
            _("Unit"),
            _("Unit above"),
            _("NIP"),
            _("Name"),
            _("Employment type"),
            _("Period"),
            _("Course"),
            _("Run"),
            _("Status"),
            _("Progress (%)"),
            _("Grade"),
            _("Enrolled on"),
            _("Started on"),
            _("Completed on"),
        ]

    def rows(self, job: Job) -> Iterator[tuple[Any, ...]]:
        employment_types, standings = dict(EmploymentType.choices), dict(Standing.choices)
        filters = Filters(**job.parameters["filters"])
        for row in queries.export_rows(self._unit(job), filters):
            *who, prefix, name, suffix, employment_type, period, course, run, standing, percent, grade = row[:14]
            yield (
                *who,
                f"{prefix} {name}".strip() + (f", {suffix}" if suffix else ""),
                str(employment_types.get(employment_type, employment_type)),
                period,
                course,
                run,
                str(standings.get(standing, standing)),
                percent,
                grade,
                *(timezone.localdate(moment) if moment else None for moment in row[14:]),
            )


def start_export(person: Any, unit: OrgUnit, filters: Filters, ending: str) -> Job:
    """Start writing a branch's report to a file in the background."""
    return create(CompletionExport.name, person, {"unit": unit.pk, "filters": asdict(filters), "format": ending})
