"""Jobs for tests, and a kind that counts what it does."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import F, Value
from django.db.models.functions import Concat

from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.services import Kind, Step, Tally
from lms.people.models import OrgUnit

BATCH = 10


class Counting(Kind):
    """Adds one letter to a unit's name per row: doing a row twice shows."""

    name = "counting"
    title = "Counting"
    is_undoable = True
    sentences: ClassVar = {"odd": "Row %(row)s is odd."}
    break_at: ClassVar[int | None] = None
    """Row at which ``run`` raises, after having written."""

    def may_use(self, person: Any) -> bool:
        return bool(person.email != "nobody@example.test")

    def check(self, job: Job) -> Iterator[Step]:
        rows = job.parameters["rows"]
        for start in range(0, rows, BATCH):
            problems = [RowProblem(job=job, row=start + 1, code="odd", values={"row": start + 1}, is_warning=True)]
            yield Step(start + BATCH, counts={"warnings": start // BATCH + 1, "to_do": rows}, problems=problems)
        counts = {"warnings": rows // BATCH, "to_do": rows, **job.parameters.get("counts", {})}
        yield Step(rows, counts=counts, total=rows)

    def run(self, job: Job) -> Iterator[Step]:
        rows, start = job.parameters["rows"], job.checkpoint.get("row", 0)
        while start < rows:
            for row in range(start, start + BATCH):
                OrgUnit.objects.filter(code=f"R{row}").update(name=Concat(F("name"), Value("x")))
                JobChange.objects.create(job=job, row=row, outcome="done", target_id=row)
                if self.break_at == row:
                    raise RuntimeError("the machine caught fire")
            start += BATCH
            yield Step(start, {"row": start})

    def undo(self, job: Job) -> Iterator[Step]:
        undone = 0
        while batch := list(job.changes.order_by("-row")[:BATCH]):
            for change in batch:
                OrgUnit.objects.filter(code=f"R{change.row}").update(name="")
                change.delete()
            undone += len(batch)
            yield Step(undone)

    def tallies(self, job: Job) -> list[Tally]:
        return [Tally("to do", job.counts.get("to_do", 0))]
