"""The upload of a list of units: read, judged as a whole, carried out and taken back in batches."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, ClassVar

from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.common.errors import Refused
from lms.jobs.errors import UnusableSource
from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.services import Step, Table, open_table
from lms.people import services
from lms.people.imports.columns import UNIT_EXAMPLE, UNIT_HINTS, UNIT_LABELS, unit_column
from lms.people.imports.sentences import UNIT_SENTENCES
from lms.people.imports.unit_places import UnitPlacement, place_units
from lms.people.imports.unit_rows import UnitRow, read_unit_row
from lms.people.imports.upload import Upload, keep_new_errors, problems_of, tally
from lms.people.models import OrgUnit

BATCH = 500
MAX_ROWS = 50_000


class UnitsImport(Upload):
    """Brings a list of units in: new ones, new names, new places in the officer's branch. None is closed."""

    name = "people.units"
    title = _("Upload of a list of units")
    icon = "network"
    sentences: ClassVar = UNIT_SENTENCES
    labels: ClassVar = UNIT_LABELS
    hints: ClassVar = UNIT_HINTS
    required: ClassVar = frozenset({"code"})
    example: ClassVar = UNIT_EXAMPLE
    template_name = _("unit-list")
    heading = _("Upload a list of units")
    scope = _("You can bring in units below these:")
    note = _("Units that are not in the file stay as they are.")
    outcomes: ClassVar = {"new": _("new"), "moved": _("moved"), "renamed": _("renamed"), "changed": _("changed")}
    outcome_labels: ClassVar = {
        "new": _("new units"),
        "renamed": _("renamed"),
        "moved": _("moved below another unit"),
        "changed": _("changed"),
    }
    page = "people:units-import"
    template_page = "people:units-import-template"
    undo_order = "-pk"

    def recognize(self, heading: str) -> str | None:
        return unit_column(heading)

    def undo_note(self, job: Job) -> str | Promise:
        return _(
            "Units that people belong to by now, and what was changed again since, stay as they are. What a unit was "
            "called and where it stood until today stays in its history."
        )

    def check(self, job: Job) -> Iterator[Step]:
        rows = _read(job)
        counts = self.nothing_yet()
        placements = place_units(rows, job.by)
        tally(counts, rows, placements)
        counts["to_do"] = self.to_do(counts)
        yield Step(len(rows), counts=counts, total=len(rows), problems=problems_of(job, rows))

    def run(self, job: Job) -> Iterator[Step]:
        while True:
            # The whole file is judged anew for each batch, against the tree as it is now: that is quick, and neither a
            # worker that died nor somebody else's change in between can make a row be done twice or wrongly.
            services.lock_tree()
            rows = _read(job)
            placements = place_units(rows, job.by)
            waiting = [placement for placement in placements if placement.outcome != "unchanged"]
            batch, rest = waiting[:BATCH], waiting[BATCH:]
            _carry_out(job, batch)
            keep_new_errors(job, rows)
            yield Step(
                len(rows) - len(rest),
                {"row": min((placement.row.number for placement in rest), default=rows[-1].number + 1) - 1},
                counts=self._counts(job, rows, placements),
            )
            if not rest:
                return

    def _counts(self, job: Job, rows: Sequence[UnitRow], placements: Sequence[UnitPlacement]) -> dict[str, int]:
        """What has been done so far: a row that was done earlier is found unchanged now."""
        counts = {**job.counts, **dict.fromkeys(self.outcomes, 0)}
        for outcome in job.changes.values_list("outcome", flat=True):
            counts[outcome] += 1
        counts["errors"] = sum(row.has_error for row in rows)
        done = set(job.changes.values_list("row", flat=True))
        counts["unchanged"] = sum(
            placement.outcome == "unchanged" and placement.row.number not in done for placement in placements
        )
        return counts

    def take_back(self, job: Job, batch: Sequence[JobChange]) -> None:
        _take_back(job, batch)


def _read(job: Job) -> list[UnitRow]:
    today = timezone.localdate()
    with open_table(job.source, unit_column) as table:
        _require_columns(table)
        rows: list[UnitRow] = []
        for number, cells in table.rows:
            if len(rows) == MAX_ROWS:
                raise UnusableSource("too_many_rows", limit=MAX_ROWS)
            rows.append(read_unit_row(number, table.record(cells), today=today))
    if not rows:
        raise UnusableSource("empty_file")
    return rows


def _require_columns(table: Table) -> None:
    if "code" not in table.columns:
        raise UnusableSource("missing_columns", columns=[str(UNIT_LABELS["code"])])


def _carry_out(job: Job, batch: Sequence[UnitPlacement]) -> None:
    """Level by level from the top, so that every unit finds the one above it where it is to be."""
    today = timezone.localdate()
    for _depth, level in groupby(batch, key=lambda placement: placement.depth):
        placements = list(level)
        keys = {placement.parent_key for placement in placements if placement.parent_key}
        above = _by_key(keys)
        new = [placement for placement in placements if placement.unit is None]
        opened = services.open_units([_new(placement, above, today) for placement in new], by=job.by)
        for placement, unit in zip(new, opened, strict=True):
            placement.unit = unit
        known = [placement for placement in placements if placement.outcome != "new"]
        before = {placement.row.number: _change(placement, above, today, job) for placement in known}
        facts = {placement.unit.pk: placement.facts for placement in known if placement.unit and placement.facts}
        if facts:
            services.correct_units(facts, by=job.by)
        JobChange.objects.bulk_create(
            JobChange(
                job=job,
                row=placement.row.number,
                outcome=placement.outcome,
                target_id=placement.unit.pk,
                before=before.get(placement.row.number, {"created": True}),
            )
            for placement in placements
            if placement.unit is not None
        )


def _by_key(keys: set[str]) -> dict[str, OrgUnit]:
    """Units by code, however it is written in letters."""
    found = OrgUnit.objects.annotate(key=Upper("code")).filter(key__in=keys)
    return {unit.code.upper(): unit for unit in found}


def _new(placement: UnitPlacement, above: dict[str, OrgUnit], today: date) -> services.NewUnit:
    row = placement.row
    return services.NewUnit(
        code=row.code,
        name=row.name,
        unit_type=row.unit_type,
        parent_id=above[placement.parent_key].pk if placement.parent_key else None,
        opened_on=row.opened_on or today,
        province_code=row.province_code,
        time_zone=row.time_zone,
        is_remote=bool(row.is_remote),
    )


def _change(placement: UnitPlacement, above: dict[str, OrgUnit], today: date, job: Job) -> dict[str, Any]:
    """Rename and move a unit that is known; returns what was before and is now, for undoing."""
    unit, row = placement.unit, placement.row
    assert unit is not None
    before: dict[str, Any] = {
        "facts": {name: [getattr(unit, name), value] for name, value in placement.facts.items()},
    }
    if row.name and row.name != unit.name:
        before["name"] = [unit.name, row.name]
        services.rename_unit(unit, row.name, today, by=job.by)
    if placement.outcome == "moved" and placement.parent_key:
        parent = above[placement.parent_key]
        before["parent"] = [unit.parent_id, parent.pk]
        services.move_unit(unit, parent, today, by=job.by)
    return before


def _take_back(job: Job, batch: Sequence[JobChange]) -> None:
    """Put a batch back: names, places and facts unless changed again since; then the new units that nobody needs."""
    today = timezone.localdate()
    created = {change.target_id: change for change in batch if change.before.get("created")}
    others = [change for change in batch if not change.before.get("created")]
    stale = [change for change in others if not _put_back(change, today, job)]
    kept = created.keys() - services.remove_units(created.keys(), by=job.by)
    RowProblem.objects.bulk_create(
        [
            *(RowProblem(job=job, row=change.row, code="undo_changed", is_warning=True) for change in stale),
            *(RowProblem(job=job, row=created[pk].row, code="undo_in_use", is_warning=True) for pk in sorted(kept)),
        ]
    )


def _put_back(change: JobChange, today: date, job: Job) -> bool:
    """Whether all that the upload changed of a unit could be put back."""
    unit = OrgUnit.objects.filter(pk=change.target_id).first()
    if unit is None:
        return False
    whole = True
    if "parent" in change.before:
        old, new = change.before["parent"]
        parent = OrgUnit.objects.filter(pk=old, closed_on=None).first() if unit.parent_id == new else None
        try:
            if parent is None:
                whole = False
            else:
                services.move_unit(unit, parent, today, by=job.by)
        except Refused:
            whole = False
    if "name" in change.before:
        old, new = change.before["name"]
        if unit.name == new:
            services.rename_unit(unit, old, today, by=job.by)
        else:
            whole = False
    facts = {name: old for name, (old, new) in change.before["facts"].items() if getattr(unit, name) == new}
    if facts:
        services.correct_units({unit.pk: facts}, by=job.by)
    return whole and len(facts) == len(change.before["facts"])
