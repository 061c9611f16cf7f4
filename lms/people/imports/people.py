"""The upload of a staff list: read, judged, carried out and taken back in batches."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.audit.services import record
from lms.common.batches import ahead, batches
from lms.jobs.errors import UnusableSource
from lms.jobs.models import Job, JobChange, RowProblem
from lms.jobs.services import Step, Table, Tally, open_table
from lms.people import vault
from lms.people.imports.columns import PEOPLE_EXAMPLE, PEOPLE_HINTS, PEOPLE_LABELS
from lms.people.imports.placing import Judge, Placement
from lms.people.imports.rows import StaffRow, read_row
from lms.people.imports.sentences import SENTENCES
from lms.people.imports.upload import Upload, keep_new_errors, problems_of, tally
from lms.people.models import Identifier, Membership, Person
from lms.people.queries import used_ids
from lms.people.rules import staff_column
from lms.people.services import tell_people_changed

BATCH = 1_000
DAY = timedelta(days=1)


class PeopleImport(Upload):
    """Brings a staff list in: newcomers, changed facts, moves within the officer's branch. Nobody is removed."""

    name = "people"
    title = _("Upload of a staff list")
    icon = "users"
    sentences: ClassVar = SENTENCES
    labels: ClassVar = PEOPLE_LABELS
    hints: ClassVar = PEOPLE_HINTS
    required: ClassVar = frozenset({"name"})
    example: ClassVar = PEOPLE_EXAMPLE
    template_name = _("staff-list")
    heading = _("Upload a staff list")
    scope = _("You can bring in people of these branches:")
    note = _("People registered elsewhere are left alone; people who are not in the file stay as they are.")
    outcomes: ClassVar = {"new": _("new"), "moved": _("moved"), "changed": _("changed")}
    outcome_labels: ClassVar = {"new": _("new people"), "moved": _("moved to another unit"), "changed": _("changed")}
    page = "people:import"
    template_page = "people:import-template"

    def recognize(self, heading: str) -> str | None:
        return staff_column(heading)

    def undo_note(self, job: Job) -> str | Promise:
        return _("Accounts that have been used since, and what was changed again since, stay as they are.")

    def tallies(self, job: Job) -> list[Tally]:
        tallies = super().tallies(job)
        if "not_named" in job.counts:
            help_text = _("They belong to the units in the file but are not in it. They stay as they are.")
            tallies.append(Tally(_("not in the file"), job.counts["not_named"], help=help_text))
        return tallies

    def check(self, job: Job) -> Iterator[Step]:
        judge = Judge(job.by, timezone.localdate())
        counts = self.nothing_yet()
        units: set[int] = set()
        with open_table(job.source, staff_column) as table:
            _require_columns(table)
            for rows in _batches(table, judge.today):
                placements = judge.place(rows)
                units.update(placement.unit_id for placement in placements if placement.unit_id)
                tally(counts, rows, placements)
                yield Step(counts["rows"], counts=counts, problems=problems_of(job, rows))
        if not counts["rows"]:
            raise UnusableSource("empty_file")
        counts["to_do"] = self.to_do(counts)
        counts["not_named"] = _not_named(units, judge)
        yield Step(counts["rows"], counts=counts, total=counts["rows"])

    def run(self, job: Job) -> Iterator[Step]:
        judge = Judge(job.by, timezone.localdate())
        after = job.checkpoint.get("row", 0)
        done = job.done if after else 0
        counts = dict(job.counts)
        if not after:
            counts |= dict.fromkeys((*self.outcomes, "unchanged", "errors"), 0)
        with open_table(job.source, staff_column) as table:
            for rows in _batches(table, judge.today):
                if rows[-1].number <= after:
                    judge.remember(rows)
                    continue
                fresh = [row for row in rows if row.number > after]
                placements = judge.place(fresh, lock=True)
                _carry_out(job, placements, judge.today)
                keep_new_errors(job, fresh)
                done += len(fresh)
                tally(counts, fresh, placements)
                counts["rows"] = job.counts.get("rows", done)
                counts["warnings"] = job.counts.get("warnings", 0)
                yield Step(done, {"row": fresh[-1].number}, counts=counts)

    def take_back(self, job: Job, batch: Sequence[JobChange]) -> None:
        _take_back(job, batch)


def _require_columns(table: Table) -> None:
    if "name" not in table.columns:
        raise UnusableSource("missing_columns", columns=[str(PEOPLE_LABELS["name"])])
    if not table.columns.keys() & {*Identifier.Kind.values, "email"}:
        raise UnusableSource("missing_columns", columns=["NIP", str(PEOPLE_LABELS["email"])])


def _batches(table: Table, today: date) -> Iterator[list[StaffRow]]:
    rows = (read_row(number, table.record(cells), today=today) for number, cells in table.rows)
    return map(list, ahead(batches(rows, BATCH)))


def _not_named(units: set[int], judge: Judge) -> int:
    """Members of the units in the file who are not in it."""
    members = (
        Membership.objects.filter(ends_on=None, unit__in=judge.branch.ids).values_list("unit").annotate(Count("pk"))
    )
    return sum(max(0, size - judge.named[unit_id]) for unit_id, size in members if unit_id in units)


def _carry_out(job: Job, placements: list[Placement], today: date) -> None:
    """Write a batch: newcomers, facts, numbers, places, and what undoing needs, in a fixed number of statements."""
    active = [placement for placement in placements if placement.outcome != "unchanged"]
    newcomers = [placement for placement in active if placement.person is None]
    people = [_newcomer(placement.row) for placement in newcomers]
    Person.objects.bulk_create(people)
    for placement, newcomer in zip(newcomers, people, strict=True):
        placement.person = newcomer
        placement.place = {
            "unit_id": placement.unit_id,
            "employment_type": placement.row.employment_type,
            "position": placement.row.position,
            "grade": placement.row.grade,
        }
    changes, numbers, ended_numbers, places, ended_places, changed = [], [], [], [], [], []
    mended_places: list[Membership] = []
    added: dict[int, tuple[list[Identifier], list[Membership]]] = {}
    fresh = set(map(id, newcomers))
    for placement in active:
        person, row = placement.person, placement.row
        assert person is not None
        is_new = id(placement) in fresh
        before: dict[str, Any] = {"created": is_new, "facts": {}, "ended": {}, "place": None}
        if placement.facts:
            for name, value in placement.facts.items():
                before["facts"][name] = [_plain_value(getattr(person, name)), _plain_value(value)]
                setattr(person, name, value)
            changed.append(person)
        start = row.starts_on or today
        mine: tuple[list[Identifier], list[Membership]] = ([], [])
        for kind, number in placement.identifiers.items():
            if held := placement.held.get(kind):
                before["ended"][str(held.pk)] = held.starts_on.isoformat()
                held.ends_on = max(today - DAY, held.starts_on)
                ended_numbers.append(held)
            kept = vault.seal(number) if Identifier.Kind(kind).is_secret else number
            digest = row.digests[kind]
            mine[0].append(Identifier(person=person, kind=kind, digest=digest, value=kept, starts_on=start))
        if placement.place:
            current = placement.membership
            if current and current.starts_on >= start:
                before["place"] = {"mended": current.pk, **{name: getattr(current, name) for name in placement.place}}
                for name, value in placement.place.items():
                    setattr(current, name, value)
                mended_places.append(current)
            else:
                if current:
                    before["place"] = {"ended": current.pk}
                    current.ends_on = start - DAY
                    ended_places.append(current)
                mine[1].append(Membership(person=person, starts_on=start, **placement.place))
        numbers += mine[0]
        places += mine[1]
        change = JobChange(job=job, row=row.number, outcome=placement.outcome, target_id=person.pk, before=before)
        added[id(change)] = mine
        changes.append(change)
    Person.objects.bulk_update(changed, ["full_name", "title_prefix", "title_suffix", "email", "birth_on", "sex"])
    Identifier.objects.bulk_update(ended_numbers, ["ends_on"])
    Membership.objects.bulk_update(ended_places, ["ends_on"])
    Membership.objects.bulk_update(mended_places, ["unit", "employment_type", "position", "grade"])
    Identifier.objects.bulk_create(numbers)
    Membership.objects.bulk_create(places)
    for change in changes:
        mine = added[id(change)]
        change.before["added_numbers"] = [identifier.pk for identifier in mine[0]]
        change.before["added_places"] = [membership.pk for membership in mine[1]]
    JobChange.objects.bulk_create(changes)
    targets = [placement.person for placement in active if placement.person is not None]
    record("people.import", targets, by=job.by, job=job.pk)
    tell_people_changed((person.pk for person in people), are_new=True)
    known = {placement.person.pk: placement for placement in active if placement.person and id(placement) not in fresh}
    tell_people_changed((pk for pk, placement in known.items() if placement.place), places=True)
    tell_people_changed((pk for pk, placement in known.items() if placement.facts), persons=True)


def _newcomer(row: StaffRow) -> Person:
    return Person(
        email=row.email or None,
        full_name=row.full_name,
        title_prefix=row.title_prefix,
        title_suffix=row.title_suffix,
        birth_on=row.birth_on,
        sex=row.sex,
        password=make_password(None),
    )


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _take_back(job: Job, batch: Sequence[JobChange]) -> None:
    """Put a batch back: accounts nobody has used go, the rest is as before unless it was changed again since."""
    created = {change.target_id: change for change in batch if change.before["created"]}
    used = _used(set(created))
    gone = created.keys() - used
    problems = [
        RowProblem(job=job, row=created[pk].row, code="undo_in_use", is_warning=True)
        for pk in sorted(used & created.keys())
    ]
    others = [change for change in batch if not change.before["created"]]
    people = Person.objects.in_bulk([change.target_id for change in others])
    added_places = [pk for change in others for pk in change.before["added_places"]]
    still = set(Membership.objects.filter(pk__in=added_places, ends_on=None).values_list("pk", flat=True))
    added_numbers = [pk for change in others for pk in change.before["added_numbers"]]
    held = set(Identifier.objects.filter(pk__in=added_numbers, ends_on=None).values_list("pk", flat=True))
    mended_ids = [c.before["place"]["mended"] for c in others if c.before["place"] and "mended" in c.before["place"]]
    mended = Membership.objects.in_bulk(mended_ids)
    reopen_places, reopen_numbers, drop_places, drop_numbers = [], [], [], []
    for change in others:
        before, person = change.before, people.get(change.target_id)
        stale = False
        for name, (old, new) in before["facts"].items():
            if person is not None and _plain_value(getattr(person, name)) == new:
                setattr(person, name, date.fromisoformat(old) if name == "birth_on" and old else old)
            else:
                stale = True
        if before["place"] and (pk := before["place"].get("mended")):
            if pk in mended and mended[pk].ends_on is None:
                for name in ("unit_id", "employment_type", "position", "grade"):
                    setattr(mended[pk], name, before["place"][name])
            else:
                stale = True
        elif set(before["added_places"]) <= still:
            drop_places += before["added_places"]
            reopen_places += [before["place"]["ended"]] if before["place"] else []
        else:
            stale = True
        if set(before["added_numbers"]) <= held:
            drop_numbers += before["added_numbers"]
            reopen_numbers += [int(pk) for pk in before["ended"]]
        else:
            stale = True
        if stale:
            problems.append(RowProblem(job=job, row=change.row, code="undo_changed", is_warning=True))
    Person.objects.bulk_update(
        people.values(), ["full_name", "title_prefix", "title_suffix", "email", "birth_on", "sex"]
    )
    Membership.objects.bulk_update(mended.values(), ["unit", "employment_type", "position", "grade"])
    Membership.objects.filter(pk__in=drop_places).delete()
    Membership.objects.filter(pk__in=reopen_places).update(ends_on=None)
    Identifier.objects.filter(pk__in=drop_numbers).delete()
    Identifier.objects.filter(pk__in=reopen_numbers).update(ends_on=None)
    Person.objects.filter(pk__in=gone).delete()
    RowProblem.objects.bulk_create(problems)
    record("people.undo_import", people.values(), by=job.by, job=job.pk)
    tell_people_changed([*people, *gone], places=True, persons=True)


def _used(ids: set[int]) -> set[int]:
    """Who among these has signed in, or has anything besides numbers and places that points to her."""
    signed_in = set(Person.objects.filter(pk__in=ids).exclude(last_login=None).values_list("pk", flat=True))
    return signed_in | used_ids(Person, ids, apart_from=(Identifier, Membership))
