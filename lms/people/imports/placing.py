"""What a batch of staff rows would change, judged against what is known: the same for the dry run and the real one."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from lms.people.imports.rows import StaffRow
from lms.people.imports.upload import ROLE
from lms.people.models import EmploymentType, Identifier, Membership, OrgUnit, Person, Role
from lms.people.querysets import holding
from lms.people.rules import mask_number

FACTS = ("full_name", "title_prefix", "title_suffix", "email", "birth_on", "sex")


@dataclass(slots=True)
class Branch:
    """The units an officer looks after, by what rows call them. Read once per job."""

    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_digits: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ids: set[int] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, officer: Any) -> "Branch":
        """Two queries, whatever the size of the branch."""
        branch = cls()
        own = OrgUnit.objects.visible_to(officer, ROLE).filter(closed_on=None).values_list("pk", "code", "name")
        for pk, code, name in own.iterator():
            branch.ids.add(pk)
            branch.by_code[code.upper()] = pk
            branch.by_name[_plain(name)].append(pk)
            if code.startswith("0"):
                branch.by_digits[code.lstrip("0")].append(code)
        others = OrgUnit.objects.filter(closed_on=None).values_list("code", flat=True)
        branch.elsewhere = {code.upper() for code in others.iterator()} - branch.by_code.keys()
        return branch

    def find(self, row: StaffRow) -> int | None:
        """The unit of a row; what is wrong with it is written on the row."""
        if code := row.unit_code.upper():
            if code in self.by_code:
                return self.by_code[code]
            if code in self.elsewhere:
                row.error("unit_code", "unit_outside", given=row.unit_code[:60])
            elif len(padded := self.by_digits.get(code, [])) == 1:
                row.warn("unit_code", "unit_zeros", given=row.unit_code, taken=padded[0])
                return self.by_code[padded[0].upper()]
            else:
                row.error("unit_code", "unit_unknown", given=row.unit_code[:60])
            return None
        if row.unit_name:
            found = self.by_name.get(_plain(row.unit_name), [])
            if len(found) == 1:
                return found[0]
            row.error("unit_name", "unit_ambiguous" if found else "unit_unknown", given=row.unit_name[:120])
        return None


@dataclass(slots=True)
class Placement:
    """A row that can be carried out, with what it finds: the person (or nobody), her unit, and the outcome."""

    row: StaffRow
    outcome: str
    unit_id: int | None
    person: Person | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    held: dict[str, Identifier] = field(default_factory=dict)
    membership: Membership | None = None
    place: dict[str, Any] = field(default_factory=dict)


class Judge:
    """Judges batch after batch of one file, remembering whom it has seen."""

    def __init__(self, officer: Any, today: date) -> None:
        self.branch = Branch.of(officer)
        self.today = today
        self.seen: dict[int, int] = {}
        self.seen_people: dict[int, int] = {}
        self.named: Counter[int] = Counter()
        """People of the branch found in the file, by the unit they are in now."""

    def place(self, rows: list[StaffRow], *, lock: bool = False) -> list[Placement]:
        """Placements for the rows without an error, in a fixed number of queries; problems are written on the rows."""
        self.remember(rows)
        known = _Known(rows, lock=lock, branch=self.branch.ids)
        placements = (self._place(row, known) for row in rows if not row.has_error)
        return [placement for placement in placements if placement is not None]

    def remember(self, rows: Iterable[StaffRow]) -> None:
        """Note whom the rows name; a row that names somebody a second time is an error."""
        for row in rows:
            keys = [int(digest[:15], 16) for digest in row.digests.values()]
            keys += [hash(("email", row.email))] if row.email else []
            first = next((self.seen[key] for key in keys if key in self.seen), None)
            if first is not None and first != row.number:
                row.error("", "twice", first=first)
            elif not row.has_error:
                self.seen.update(dict.fromkeys(keys, row.number))

    def _place(self, row: StaffRow, known: "_Known") -> Placement | None:
        person = known.person_of(row)
        unit_id = self.branch.find(row)
        if row.has_error:
            return None
        if person is None:
            return self._newcomer(row, unit_id)
        first = self.seen_people.setdefault(person.pk, row.number)
        if first != row.number:
            row.error("", "twice", first=first)
            return None
        membership = known.memberships.get(person.pk)
        held = known.identifiers[person.pk]
        if membership is not None:
            if membership.unit_id not in self.branch.ids:
                row.error("", "elsewhere")
                return None
            self.named[membership.unit_id] += 1
        placement = Placement(row, "unchanged", unit_id, person, held=held, membership=membership)
        self._compare(placement, by_email_only=not known.by_number(row))
        if person.pk in known.protected and (placement.identifiers or "email" in placement.facts):
            row.error("", "protected")
        return None if row.has_error else placement

    def _newcomer(self, row: StaffRow, unit_id: int | None) -> Placement | None:
        if unit_id is None:
            row.error("unit_code", "unit_missing")
        if not row.employment_type:
            row.error("employment_type", "employment_missing")
        if row.has_error:
            return None
        return Placement(row, "new", unit_id, identifiers=row.identifiers)

    def _compare(self, placement: Placement, *, by_email_only: bool) -> None:
        row, person, current = placement.row, placement.person, placement.membership
        if person is None:
            return
        said = {name: getattr(row, name) for name in FACTS if getattr(row, name)}
        placement.facts = {name: value for name, value in said.items() if getattr(person, name) != value}
        if "full_name" in placement.facts and not set(_plain(row.full_name).split()) & set(
            _plain(person.full_name).split()
        ):
            row.warn("name", "name_differs", before=person.full_name)
        for kind, number in row.identifiers.items():
            before = placement.held.get(kind)
            if before is None:
                placement.identifiers[kind] = number
            elif before.digest != row.digests[kind]:
                placement.identifiers[kind] = number
                row.warn(kind, "number_changes", kind=kind.upper(), before=mask_number(before.number), after=number)
        if current is None:
            if placement.facts.get("email") and person.email:
                row.error("email", "rejoins_email")
            elif by_email_only:
                row.error("", "elsewhere")
            elif placement.unit_id is None:
                row.error("unit_code", "unit_missing")
        place = {
            "unit_id": placement.unit_id or (current.unit_id if current else None),
            "employment_type": row.employment_type or (current.employment_type if current else EmploymentType.PNS),
            "position": row.position or (current.position if current else ""),
            "grade": row.grade or (current.grade if current else ""),
        }
        if current is None or any(getattr(current, name) != value for name, value in place.items()):
            placement.place = place
            if current and row.starts_on and row.starts_on < current.starts_on:
                row.error(
                    "starts_on",
                    "date_before_current",
                    current=current.starts_on.isoformat(),
                    given=row.starts_on.isoformat(),
                )
        moved = current is None or current.unit_id != place["unit_id"]
        if moved:
            placement.outcome = "moved"
        elif placement.facts or placement.identifiers or placement.place:
            placement.outcome = "changed"


class _Known:
    """What the database says about the people of a batch, in a fixed number of queries."""

    def __init__(self, rows: list[StaffRow], *, lock: bool, branch: set[int]) -> None:
        digests = [digest for row in rows for digest in row.digests.values()]
        emails = [row.email for row in rows if row.email]
        current = Q(ends_on=None)
        self.by_digest = dict(Identifier.objects.filter(current, digest__in=digests).values_list("digest", "person_id"))
        found = Person.objects.filter(Q(pk__in=set(self.by_digest.values())) | Q(email__in=emails)).order_by("pk")
        people = list(found.select_for_update(no_key=True) if lock else found)
        self.people = {person.pk: person for person in people}
        self.by_email = {person.email: person.pk for person in people if person.email}
        self.identifiers: dict[int, dict[str, Identifier]] = defaultdict(dict)
        for identifier in Identifier.objects.filter(current, person__in=self.people):
            self.identifiers[identifier.person_id][identifier.kind] = identifier
        self.memberships = {row.person_id: row for row in Membership.objects.filter(current, person__in=self.people)}
        offices = Role.objects.filter(holding(), person__in=self.people).values_list("person_id", "unit_id")
        self.protected = {person_id for person_id, unit_id in offices if unit_id not in branch}
        self.protected |= {person.pk for person in people if person.is_superuser}

    def by_number(self, row: StaffRow) -> set[int]:
        """Whom the numbers of the row belong to."""
        return {self.by_digest[digest] for digest in row.digests.values() if digest in self.by_digest}

    def person_of(self, row: StaffRow) -> Person | None:
        """The person of the row: by her numbers first, then by e-mail. Two different people are an error."""
        found = self.by_number(row)
        by_email = self.by_email.get(row.email) if row.email else None
        if len(found) > 1 or (found and by_email and by_email not in found):
            row.error("", "different_people" if len(found) > 1 else "email_taken")
            return None
        pk = next(iter(found), by_email)
        return self.people.get(pk) if pk is not None else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
