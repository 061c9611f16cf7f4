"""People, their numbers and their places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.audit.services import record
from lms.people import vault
from lms.people.errors import ChangeBeforeHistory, ChangeInFuture, EmailTaken, IdentifierInvalid, IdentifierTaken
from lms.people.models import EmploymentType, Identifier, Membership, OrgUnit, Person
from lms.people.rules import read_identifier, read_nip
from lms.people.services.changes import tell_people_changed

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to add, already read and judged: names apart from titles, numbers as typed.

    Birth date and sex are taken from the NIP where they are not given.
    """

    full_name: str
    title_prefix: str = ""
    title_suffix: str = ""
    email: str | None = None
    birth_on: date | None = None
    sex: str = ""
    language: str = "id"
    time_zone: str = ""
    password: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    unit: OrgUnit | None = None
    employment_type: str = EmploymentType.NON_ASN
    position: str = ""
    grade: str = ""
    starts_on: date | None = None


@transaction.atomic
def add_people(newcomers: Sequence[NewPerson], *, by: Person | None = None) -> list[Person]:
    """Add people with their numbers and first memberships, in a number of queries that does not grow with them.

    All or none: a number or an e-mail that is taken refuses the lot, so find those first.
    """
    today = timezone.localdate()
    people = [_person(newcomer) for newcomer in newcomers]
    try:
        with transaction.atomic():
            Person.objects.bulk_create(people)
    except IntegrityError as error:
        raise EmailTaken from error
    identifiers = [
        _identifier(person, kind, number, newcomer.starts_on or today)
        for person, newcomer in zip(people, newcomers, strict=True)
        for kind, number in newcomer.identifiers.items()
    ]
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(identifiers)
    except IntegrityError as error:
        raise IdentifierTaken from error
    Membership.objects.bulk_create(
        Membership(
            person=person,
            unit=newcomer.unit,
            employment_type=newcomer.employment_type,
            position=newcomer.position,
            grade=newcomer.grade,
            starts_on=newcomer.starts_on or today,
        )
        for person, newcomer in zip(people, newcomers, strict=True)
        if newcomer.unit
    )
    record("people.add_person", people, by=by)
    tell_people_changed((person.pk for person in people), are_new=True)
    return people


def add_person(
    full_name: str,
    *,
    email: str | None = None,
    title_prefix: str = "",
    title_suffix: str = "",
    birth_on: date | None = None,
    sex: str = "",
    language: str = "id",
    time_zone: str = "",
    password: str | None = None,
    identifiers: Mapping[str, str] | None = None,
    by: Person | None = None,
) -> Person:
    """Add one person; without a password she sets one by e-mail."""
    newcomer = NewPerson(
        full_name=full_name,
        title_prefix=title_prefix,
        title_suffix=title_suffix,
        email=email,
        birth_on=birth_on,
        sex=sex,
        language=language,
        time_zone=time_zone,
        password=password,
        identifiers=identifiers or {},
    )
    return add_people([newcomer], by=by)[0]


@transaction.atomic
def set_identifier(person: Person, kind: str, value: str, starts_on: date, *, by: Person | None = None) -> Identifier:
    """Make ``value`` her number of that kind from a day on; the number before it ends the day before.

    Setting the number she has already changes nothing. A number given the same day is a correction and replaces.
    """
    _not_in_future(starts_on)
    fresh = _identifier(person, kind, value, starts_on)
    _lock(person)
    current: Identifier | None = Identifier.objects.filter(person=person, kind=kind, ends_on=None).first()
    if current and current.digest == fresh.digest:
        return current
    if current and current.starts_on > starts_on:
        raise ChangeBeforeHistory(current.starts_on)
    try:
        with transaction.atomic():
            _end(current, starts_on)
            fresh.save()
    except IntegrityError as error:
        raise IdentifierTaken from error
    record("people.set_identifier", [person], by=by, kind=kind, on=starts_on.isoformat())
    return fresh


@transaction.atomic
def set_membership(
    person: Person,
    unit: OrgUnit,
    employment_type: str,
    position: str = "",
    grade: str = "",
    starts_on: date | None = None,
    *,
    by: Person | None = None,
) -> Membership:
    """Place her in a unit from a day on; the place before it ends the day before.

    What is as it was changes nothing. A place given the same day is a correction and replaces.
    """
    starts_on = starts_on or timezone.localdate()
    _not_in_future(starts_on)
    _lock(person)
    current: Membership | None = Membership.objects.filter(person=person, ends_on=None).first()
    facts = (unit.pk, str(employment_type), position, grade)
    if current and (current.unit_id, current.employment_type, current.position, current.grade) == facts:
        return current
    last = current or Membership.objects.filter(person=person).order_by("-ends_on").first()
    earliest = last and (last.starts_on if last.ends_on is None else last.ends_on + DAY)
    if earliest and earliest > starts_on:
        raise ChangeBeforeHistory(earliest)
    _end(current, starts_on)
    membership: Membership = Membership.objects.create(
        person=person,
        unit=unit,
        employment_type=employment_type,
        position=position,
        grade=grade,
        starts_on=starts_on,
    )
    record("people.set_membership", [person], by=by, before=current and current.unit_id, after=unit.pk)
    tell_people_changed([person.pk], places=True)
    return membership


@transaction.atomic
def move_people(
    person_ids: Collection[int], unit: OrgUnit, starts_on: date | None = None, *, by: Person | None = None
) -> int:
    """Transfer many people to a unit from a day on, each in her employment, position and grade; return how many.

    All or none, in a number of statements that does not grow with them. Whoever is there already, or belongs nowhere,
    stays as she is. A place that began the same day is corrected.
    """
    starts_on = starts_on or timezone.localdate()
    _not_in_future(starts_on)
    people = Person.objects.filter(pk__in=person_ids).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    current = Membership.objects.filter(person__in=person_ids, ends_on=None).exclude(unit=unit)
    places: list[Membership] = list(current)
    earliest = max((place.starts_on for place in places), default=starts_on)
    if earliest > starts_on:
        raise ChangeBeforeHistory(earliest)
    ending = [place for place in places if place.starts_on < starts_on]
    current.filter(starts_on=starts_on).update(unit=unit)
    current.filter(starts_on__lt=starts_on).update(ends_on=starts_on - DAY)
    Membership.objects.bulk_create(
        Membership(
            person_id=place.person_id,
            unit=unit,
            employment_type=place.employment_type,
            position=place.position,
            grade=place.grade,
            starts_on=starts_on,
        )
        for place in ending
    )
    moved = [place.person_id for place in places]
    record("people.set_membership", [Person(pk=pk) for pk in moved], by=by, after=unit.pk)
    tell_people_changed(moved, places=True)
    return len(moved)


@transaction.atomic
def end_membership(person: Person, on: date, *, by: Person | None = None) -> None:
    """She leaves: ``on`` is her last day. Somebody without a place stays as she is."""
    _not_in_future(on)
    _lock(person)
    current = Membership.objects.filter(person=person, ends_on=None).first()
    if current is None:
        return
    if current.starts_on > on:
        raise ChangeBeforeHistory(current.starts_on)
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    record("people.end_membership", [person], by=by, unit=current.unit_id, on=on.isoformat())
    tell_people_changed([person.pk], places=True)


def change_preferences(person: Person, *, language: str, time_zone: str) -> None:
    """Her own choice of language and clock."""
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["language", "time_zone"])


def _person(newcomer: NewPerson) -> Person:
    birth_on, sex = newcomer.birth_on, newcomer.sex
    if Identifier.Kind.NIP in newcomer.identifiers:
        reading = read_nip(newcomer.identifiers[Identifier.Kind.NIP])
        birth_on, sex = birth_on or reading.birth_on, sex or reading.sex
    return Person(
        full_name=newcomer.full_name,
        title_prefix=newcomer.title_prefix,
        title_suffix=newcomer.title_suffix,
        email=newcomer.email.strip().lower() if newcomer.email else None,
        birth_on=birth_on,
        sex=sex,
        language=newcomer.language,
        time_zone=newcomer.time_zone or (newcomer.unit.time_zone if newcomer.unit else "Asia/Jakarta"),
        password=make_password(newcomer.password),
    )


def _identifier(person: Person, kind: str, text: str, starts_on: date) -> Identifier:
    number, problems = read_identifier(kind, text)
    for problem in problems:
        if problem.is_error:
            raise IdentifierInvalid(problem)
    kept = vault.seal(number) if Identifier.Kind(kind).is_secret else number
    return Identifier(person=person, kind=kind, digest=vault.digest(number), value=kept, starts_on=starts_on)


def _lock(person: Person) -> None:
    """Let two hands that place one person follow each other, so that the dates stay in order."""
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _end(row: Identifier | Membership | None, on: date) -> None:
    if row is None:
        return
    if row.starts_on == on:
        row.delete()
        return
    if row.starts_on > on:
        raise ChangeBeforeHistory(row.starts_on)
    row.ends_on = on - DAY
    row.save(update_fields=["ends_on"])


def _not_in_future(on: date) -> None:
    if on > timezone.localdate():
        raise ChangeInFuture
