"""The upload of a list of people to enroll, from checking to undoing."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.common.batches import ahead, batches
from lms.enrollment import errors, queries, services
from lms.enrollment.mass_enrollment.columns import LABELS, column, read_rows
from lms.enrollment.mass_enrollment.result import last_row, outcome_of, outcomes, result_behind, write_result
from lms.jobs.errors import UnusableSource
from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.services import Kind, Step, Table, Tally, open_table, write_errors_file
from lms.people.models import Role
from lms.people.queries import branch_roots, has_role
from lms.people.rules import messages

READ_AT_ONCE = 5_000
CHECKED_AT_ONCE = 200_000
"""Rows that are looked up in one statement, which reads the numbers of the whole ministry once."""
PROBLEMS_AT_ONCE = 20_000
ENROLLED_AT_ONCE = 10_000
"""Rows in one transaction of the run: a learner who clicks meanwhile waits for as many, some tenths of a second."""
Text = str | Promise


class MassEnrollment(Kind):
    """Enrolls the people of a list, in its order, in the run chosen on the page or named in each row."""

    name = "enrollment"
    title = _("Enrollment of a list")
    icon = "list-plus"
    is_undoable = True
    sentences: ClassVar[Mapping[str, Text]] = {
        **messages,
        "identifier_destroyed": _(
            "The spreadsheet turned this number into %(given)s, and its last digits are lost. Set the column to "
            "“Text”, type the number again from the source, and upload the row again."
        ),
        "nobody_named": _("Give a NIP, another number, or an e-mail address, so that we know who this is."),
        "person_unknown": _(
            "Nobody in your branch has this number or address. Check it, or ask for the transfer first."
        ),
        "twice": _("The same person is already in row %(first)s of this file."),
        "run_missing": _("Say in which run: choose it on the page, or write its number into this row."),
        "run_unknown": _("“%(given)s” is no run that people can be enrolled in now. Check the number of the run."),
        "one_run_per_period": _("This person has a place in another run of the same period; only one is possible."),
        "not_in_audience": _("The run is not for this person: she does not belong to its audience."),
        **{code: errors.BY_CODE[code].message for code in ("run_cancelled", "run_ended", "not_offered")},
        "list_expired": _("What was read from this file is no longer kept. Upload it again."),
    }

    def may_use(self, person: Any) -> bool:
        return has_role(person, Role.Kind.HR_OFFICER)

    def url(self, job: Job) -> str:
        return reverse("enrollment:mass-enroll")

    def column_labels(self, job: Job) -> Mapping[str, Text]:
        return LABELS

    def undo_note(self, job: Job) -> Text:
        return _("Places of people who have begun to learn stay; seats that become free go to the waiting list.")

    def tallies(self, job: Job) -> list[Tally]:
        counts = job.counts
        errors, staying = counts.get("errors", 0), counts.get("staying", 0)
        stay = [Tally(_("stay enrolled: they have begun to learn"), staying, "warning")] if staying else []
        return [
            *stay,
            Tally(_("get a seat"), counts.get("seated", 0), "success"),
            Tally(_("go on the waiting list"), counts.get("waiting", 0), "info"),
            Tally(_("have a place already"), counts.get("kept", 0)),
            Tally(_("rows with errors"), errors, "danger" if errors else "neutral"),
        ]

    def check(self, job: Job) -> Iterator[Step]:
        services.forget_listed(job.pk)
        branch = None if job.by.is_superuser else [unit.pk for unit in branch_roots(job.by, Role.Kind.HR_OFFICER)]
        runs = queries.offered_runs(job.by)
        counts = dict.fromkeys(("rows", "errors", "warnings", "to_do", "seated", "waiting", "kept"), 0)
        with open_table(job.source, column, least=1) as table:
            _require_person(table)
            rows = read_rows(table, job.pk, runs, job.parameters.get("run"))
            for portion in ahead(_portions(rows)):
                lost = services.keep_listed(job.pk, portion.listed, branch)
                counts["rows"] += portion.listed.rows + len(portion.problems)
                unknown = dict.fromkeys(lost, "person_unknown")
                for part in batches(chain(portion.problems, _refusals(job, unknown)), PROBLEMS_AT_ONCE):
                    counts["errors"] += len(part)
                    yield Step(counts["rows"], counts=counts, problems=part)
                yield Step(counts["rows"], counts=counts)
        if not counts["rows"]:
            raise UnusableSource("empty_file")
        services.measure_listed()
        for problems in _left_out(job):
            services.drop_listed(job.pk, [problem.row for problem in problems])
            counts["errors"] += len(problems)
            yield Step(counts["rows"], counts=counts, problems=problems)
        for effect in queries.effects_of_list(job.pk):
            counts["seated"] += effect.seated
            counts["waiting"] += effect.waiting
            counts["kept"] += effect.kept
        counts["to_do"] = counts["seated"] + counts["waiting"]
        yield Step(counts["rows"], counts=counts, total=counts["rows"])

    def run(self, job: Job) -> Iterator[Step]:
        after = job.checkpoint.get("row", 0)
        refused = job.checkpoint.get("refused", 0)
        counts = dict(job.counts)
        if not after:
            counts |= {"seated": 0, "waiting": 0, "kept": 0}
        span = services.rows_of_list(job.pk)
        if span is None:
            if after:  # It was carried out, and went with its last step.
                return
            raise UnusableSource("list_expired")
        with ExitStack() as writing:
            # Whoever takes up what another began has not seen its rows: ``conclude`` writes them.
            tell = None if after else writing.enter_context(result_behind(job))
            if tell:
                for outcome in outcomes(job, (1, span[0] - 1)):
                    tell(outcome)
            for first in range(max(span[0], after + 1), span[1] + 1, ENROLLED_AT_ONCE):
                last = min(first + ENROLLED_AT_ONCE - 1, span[1])
                result = services.place_listed(job.pk, (first, last), by=job.by)
                for word in ("seated", "waiting", "kept"):
                    counts[word] += getattr(result, word)
                counts["errors"] += len(result.refused)
                refused += len(result.refused)
                if result.arrivals:
                    before = {str(run_id): arrivals for run_id, arrivals in result.arrivals.items()}
                    JobChange.objects.create(job=job, row=last, outcome="enrolled", target_id=0, before=before)
                # What has come up since the check, because somebody did something in between.
                problems = list(_refusals(job, result.refused))
                checkpoint = {"row": last, "refused": refused}
                yield Step(min(last - span[0] + 1, counts["rows"]), checkpoint, counts=counts, problems=problems)
                if tell:  # Only now it is committed.
                    tell(outcome_of(job, (first, last), result))
            yield Step(counts["rows"], {"row": span[1], "refused": refused}, counts=counts)
            if tell:
                for outcome in outcomes(job, (span[1] + 1, last_row(job))):
                    tell(outcome)

    def undo(self, job: Job) -> Iterator[Step]:
        undone = job.done
        while change := job.changes.order_by("-row").first():
            arrivals = {int(run_id): (first, last) for run_id, (first, last) in change.before.items()}
            staying = services.take_back_listed(arrivals, by=job.by)
            change.delete()
            undone += 1
            counts = {**job.counts, "staying": job.counts.get("staying", 0) + staying}
            yield Step(undone, job.checkpoint, counts=counts)

    def conclude(self, job: Job) -> None:
        if job.state == Job.State.CHECKING or job.checkpoint.get("refused"):
            write_errors_file(job, column, least=1)
        if job.state == Job.State.RUNNING:
            if not job.result:
                write_result(job)
            services.forget_listed(job.pk)


@dataclass(slots=True)
class _Portion:
    listed: services.Staging = field(default_factory=services.Staging)
    problems: list[RowProblem] = field(default_factory=list)


def _portions(rows: Iterator[services.Listed | RowProblem]) -> Iterator[_Portion]:
    """The rows read, in portions that are worth a look at the whole ministry and fit into memory, however bad."""
    portion = _Portion()
    for part in batches(rows, READ_AT_ONCE):
        portion.problems += [row for row in part if isinstance(row, RowProblem)]
        portion.listed.add([row for row in part if not isinstance(row, RowProblem)])
        if portion.listed.rows >= CHECKED_AT_ONCE or len(portion.problems) >= PROBLEMS_AT_ONCE:
            yield portion
            portion = _Portion()
    yield portion


def _left_out(job: Job) -> Iterator[list[RowProblem]]:
    """What the list as a whole says against its rows, in parts; each part is to be dropped before the next is asked."""
    repeated = queries.repeated_rows(job.pk)
    for part in batches(repeated.items(), PROBLEMS_AT_ONCE):
        yield [RowProblem(job=job, row=row, code="twice", values={"first": first}) for row, first in part]
    for code, named in (("one_run_per_period", queries.rows_elsewhere), ("not_in_audience", queries.rows_outside)):
        for rows in batches(named(job.pk), PROBLEMS_AT_ONCE):
            yield list(_refusals(job, dict.fromkeys(rows, code)))


def _refusals(job: Job, codes: Mapping[int, str]) -> Iterator[RowProblem]:
    """Why these rows get no place, by row."""
    return (RowProblem(job=job, row=row, code=code) for row, code in codes.items())


def _require_person(table: Table) -> None:
    if not table.columns.keys() - {"run"}:
        raise UnusableSource("missing_columns", columns=["NIP", str(LABELS["email"])])
