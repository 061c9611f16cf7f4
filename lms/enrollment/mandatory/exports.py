"""Who owes what of a plan, as a file."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.enrollment.mandatory.forms import STANDING_NAMES
from lms.enrollment.models import Plan
from lms.enrollment.queries.plans import DueFilters, dues_of, may_plan
from lms.enrollment.querysets import DueQuerySet
from lms.jobs.kinds import Export
from lms.jobs.models import Job
from lms.jobs.services import create
from lms.people.models import EmploymentType, Identifier, Membership, Person

FORMATS = ("xlsx", "csv")


class DuesExport(Export):
    """One line a person and round. What may be in it is decided when it is asked for, and again when it is written."""

    name = "enrollment.dues"
    title = gettext_lazy("Mandatory training report")

    def may_use(self, person: Any) -> bool:
        return may_plan(person)

    def _plan(self, job: Job) -> Plan:
        # She may have lost her branch while the job waited.
        plan: Plan = Plan.objects.visible_to(job.by).get(pk=job.parameters["plan"])
        return plan

    def _dues(self, job: Job) -> DueQuerySet:
        filters = DueFilters(**job.parameters["filters"])
        return dues_of(self._plan(job), job.by, filters, timezone.localdate())

    def total(self, job: Job) -> int:
        return int(self._dues(job).count())

    def file_stem(self, job: Job) -> str:
        return f"{slugify(_('mandatory training'))}-{slugify(self._plan(job).title)[:40]}-{timezone.localdate():%Y%m%d}"

    def headings(self, job: Job) -> list[str]:
        return [
            _("Unit code"),
            _("Unit"),
            _("Unit above"),
            _("NIP"),
            _("Name"),
            _("Employment type"),
            _("Round"),
            _("Since"),
            _("Due by"),
            _("Status"),
            _("Completed on"),
            _("Course"),
        ]

    def rows(self, job: Job) -> Iterator[tuple[Any, ...]]:
        here = Membership.objects.filter(person=OuterRef("person"), ends_on=None)
        nip = Identifier.objects.filter(person=OuterRef("person"), kind=Identifier.Kind.NIP, ends_on=None)
        placed = ("unit__code", "unit__name", "unit__parent__name", "employment_type")
        dues = self._dues(job).annotate(
            nip=Subquery(nip.values("value")[:1]),
            **{f"here_{place}": Subquery(here.values(name)[:1]) for place, name in enumerate(placed)},
        )
        employments = dict(EmploymentType.choices)
        for row in dues.values_list(
            "here_0",
            "here_1",
            "here_2",
            "nip",
            "person__title_prefix",
            "person__full_name",
            "person__title_suffix",
            "here_3",
            "cycle",
            "entered_on",
            "due_on",
            "standing",
            "done_on",
            "enrollment__run__course__title",
        ).iterator(chunk_size=5000):
            (
                code,
                unit,
                above,
                number,
                prefix,
                name,
                suffix,
                employment,
                cycle,
                since,
                due_on,
                where,
                done_on,
                course,
            ) = row
            person = Person(title_prefix=prefix, full_name=name, title_suffix=suffix)
            yield (
                code,
                unit,
                above,
                number,
                person.name,
                str(employments.get(employment, employment or "")),
                cycle or _("first time"),
                since,
                due_on,
                str(STANDING_NAMES[where]),
                done_on,
                course,
            )


def start_export(person: Any, plan: Plan, filters: DueFilters, ending: str) -> Job:
    """Start writing the file in the background."""
    return create(DuesExport.name, person, {"plan": plan.pk, "filters": asdict(filters), "format": ending})
