"""Long work that planners start: cancelling runs with notice to everyone, and the record of arrivals as a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.enrollment import queries, services
from lms.enrollment.models import Enrollment, RunSeats
from lms.jobs.errors import UnusableSource
from lms.jobs.models import Job
from lms.jobs.rules import Doubt
from lms.jobs.services import Cell, Export, Kind, Step, Tally
from lms.people.models import OrgUnit

MANY = 50
"""From so many people on their number is to be typed before a run is cancelled."""
Text = str | Promise


class CancelRuns(Kind):
    """Cancels runs, ends their places and tells everybody; ``parameters`` hold ``runs`` and the ``reason``."""

    name = "enrollment.cancel"
    title = _("Cancellation of runs")
    icon = "calendar-x"
    sentences: ClassVar[Mapping[str, Text]] = {
        "not_yours": _("These runs are not organized in your branch any more."),
        "many_lose_places": _(
            "%(count)s people lose their place, and all of them are told at once. This cannot be undone."
        ),
    }

    def may_use(self, person: Any) -> bool:
        return queries.may_organize(person)

    def url(self, job: Job) -> str:
        return ""

    def action(self, job: Job) -> Text:
        return _("Cancel and tell everybody")

    def doubt(self, job: Job) -> Doubt | None:
        people = job.counts.get("to_do", 0)
        return Doubt("many_lose_places", people, {"count": people}) if people >= MANY else None

    def tallies(self, job: Job) -> list[Tally]:
        counts = job.counts
        if job.state == Job.State.DONE:
            return [Tally(_("people told, their places ended"), counts.get("ended", 0), "success")]
        finished = counts.get("completed", 0)
        stay = [Tally(_("have finished and keep their place"), finished)] if finished else []
        return [
            Tally(_("lose their seat"), counts.get("seated", 0), "danger"),
            Tally(_("lose an offered seat"), counts.get("offered", 0), "warning"),
            Tally(_("lose their number on the waiting list"), counts.get("waiting", 0), "warning"),
            *stay,
        ]

    def check(self, job: Job) -> Iterator[Step]:
        concerned = queries.concerned_by(_runs(job))
        counts = {
            "seated": concerned.seated,
            "offered": concerned.offered,
            "waiting": concerned.waiting,
            "completed": concerned.completed,
            "to_do": concerned.people,
        }
        yield Step(0, counts=counts, total=concerned.people)

    def run(self, job: Job) -> Iterator[Step]:
        runs = _runs(job)
        ended = int(job.checkpoint.get("ended", 0))
        services.cancel_runs(runs, reason=job.parameters["reason"], by=job.by)
        yield Step(ended, {"ended": ended}, counts={**job.counts, "ended": ended})
        for run_id in runs:
            while number := services.end_places(run_id, by=job.by):
                ended += number
                # Somebody may have come between the check and the cancellation.
                total = max(ended, job.total or 0)
                yield Step(ended, {"ended": ended}, counts={**job.counts, "ended": ended}, total=total)


def _runs(job: Job) -> list[int]:
    """The runs, as far as whoever asked for it looks after them now."""
    own = RunSeats.objects.editable_by(job.by).filter(pk__in=job.parameters["runs"])
    found = sorted(own.values_list("pk", flat=True))
    if not found:
        raise UnusableSource("not_yours")
    return found


class ArrivalsExport(Export):
    """The order of arrival of a run, one line a place that was asked for."""

    name = "enrollment.arrivals"
    title = _("Order of arrival")

    def may_use(self, person: Any) -> bool:
        return queries.may_organize(person)

    def _seating(self, job: Job) -> RunSeats:
        # The organizer may have lost her branch while the job waited.
        own = RunSeats.objects.editable_by(job.by).select_related("run__course")
        found: RunSeats = own.get(pk=job.parameters["run"])
        return found

    def total(self, job: Job) -> int:
        return self._seating(job).arrivals

    def file_stem(self, job: Job) -> str:
        return f"{slugify(gettext('Order of arrival'))}-{job.parameters['run']}-{timezone.localdate():%Y%m%d}"

    def headings(self, job: Job) -> list[str]:
        return [
            gettext("Arrival"),
            gettext("Moment"),
            gettext("Name"),
            gettext("Unit"),
            gettext("Status"),
            gettext("Seat since"),
            gettext("Ended"),
        ]

    def rows(self, job: Job) -> Iterator[Sequence[Cell]]:
        units = dict(OrgUnit.objects.values_list("pk", "name"))
        statuses = {value: str(label) for value, label in Enrollment.Status.choices}
        rows = (
            Enrollment.objects.filter(run=self._seating(job).pk)
            .order_by("arrival")
            .values_list(
                "arrival",
                "created_at",
                "person__title_prefix",
                "person__full_name",
                "person__title_suffix",
                "unit",
                "status",
                "seated_at",
                "withdrawn_at",
            )
        )
        for arrival, arrived, prefix, name, suffix, unit, status, seated, withdrawn in rows.iterator(chunk_size=5_000):
            yield (
                arrival,
                timezone.localtime(arrived).isoformat(sep=" ", timespec="milliseconds"),
                f"{prefix} {name}".strip() + (f", {suffix}" if suffix else ""),
                units.get(unit, ""),
                statuses[status],
                _second(seated),
                _second(withdrawn),
            )


def _second(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds") if moment else ""
