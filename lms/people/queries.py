"""Questions about people and units that span tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, DateField, Model, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lms.common.statements import Statement, given, given_id
from lms.people import vault
from lms.people.ministry import facts
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, OrgUnitVersion, Person, Role
from lms.people.querysets import holding
from lms.people.rules import Problem, compact, is_plain_nip, mask_number, may_give, read_identifier

IDENTITY_ORDER = (
    Identifier.Kind.NIP,
    Identifier.Kind.NUPTK,
    Identifier.Kind.NPK,
    Identifier.Kind.PEGID,
    Identifier.Kind.NIK,
)

ROLES_OVER = 30
"""So many roles that are over are named on a unit's page."""


def person_by_id(person_id: int) -> Person | None:
    """The person of a session."""
    return _PERSON.first(pk=person_id)


def is_session_of(person: Person, session_hash: str) -> bool:
    """Whether a session with this hash is still hers: she is active, and her password that of her sign-in.

    Reads ``is_active`` and ``password``, for those who find her together with what they came for.
    """
    return person.is_active and constant_time_compare(session_hash, person.get_session_auth_hash())


_PERSON: Statement[Person] = Statement(lambda: Person.objects.filter(pk=given_id("pk")))


def current_membership(person: Person) -> Membership | None:
    """Where she is today, with the unit at hand; ``None`` for somebody who belongs nowhere."""
    membership: Membership | None = (
        Membership.objects.holding().filter(person=person).select_related("unit").order_by("-starts_on").first()
    )
    return membership


def membership_on(person: Person, on: date) -> Membership | None:
    """Where she was on a day, for facts that keep the unit of their day."""
    membership: Membership | None = (
        Membership.objects.holding(on).filter(person=person).select_related("unit").order_by("-starts_on").first()
    )
    return membership


def has_role(person: Person | AnonymousUser, kind: str) -> bool:
    """Whether she holds the role anywhere today. A platform administrator holds all.

    Asked once per person object, however many menus ask.
    """
    if not isinstance(person, Person) or not person.is_active:
        return False
    return person.is_superuser or kind in _role_kinds(person)


def branch_roots(person: Person, *kinds: str) -> "QuerySet[OrgUnit]":
    """The units where she holds one of the roles (any when none is named): the tops of her branches."""
    if person.is_superuser:
        return OrgUnit.objects.filter(parent=None)
    held = Role.objects.holding().filter(person=person)
    if kinds:
        held = held.filter(kind__in=kinds)
    roots: QuerySet[OrgUnit] = OrgUnit.objects.filter(pk__in=held.values("unit"))
    return roots


def identity_of(person: Person) -> tuple[str, str] | None:
    """The kind and the number by which she is named on paper: NIP first, then NUPTK, NPK, PegID, NIK."""
    identities = identities_of([person])
    return identities.get(person.pk)


def identities_of(people: Iterable[Person]) -> dict[int, tuple[str, str]]:
    """The same for many, by person id, in one query. People without a number are missing."""
    chosen: dict[int, Identifier] = {}
    rank = {kind.value: place for place, kind in enumerate(IDENTITY_ORDER)}
    for identifier in Identifier.objects.holding().filter(person__in=[person.pk for person in people]):
        best = chosen.get(identifier.person_id)
        if best is None or rank[identifier.kind] < rank[best.kind]:
            chosen[identifier.person_id] = identifier
    return {
        person_id: (Identifier.Kind(identifier.kind).label, identifier.number)
        for person_id, identifier in chosen.items()
    }


def holder_of(number: str) -> "QuerySet[Person]":
    """The person known by a number today: none or one. Narrow it with ``visible_to`` before showing it."""
    held = Identifier.objects.holding().filter(digest=vault.digest(compact(number)))
    holders: QuerySet[Person] = Person.objects.filter(pk__in=held.values("person"))
    return holders


def holders_of(numbers: Iterable[str]) -> dict[str, int]:
    """Who is known by each of these numbers today, by the number as typed, in one query; narrow it before showing."""
    digests = {vault.digest(compact(number)): number for number in numbers}
    held = Identifier.objects.holding().filter(digest__in=digests)
    return {digests[digest]: person_id for digest, person_id in held.values_list("digest", "person_id")}


def digest_of(kind: str, text: str) -> tuple[str, Problem | None]:
    """The digest by which a number as typed is found, or the first thing that is wrong with the number."""
    if kind == Identifier.Kind.NIP and is_plain_nip(text):
        return vault.digest(text), None
    number, problems = read_identifier(kind, text)
    wrong = next((problem for problem in problems if problem.is_error), None)
    return ("", wrong) if wrong else (vault.digest(number), None)


def known_by(login: str) -> Person | None:
    """Who signs in under this e-mail or number today. Only for proving a password: never show what it finds."""
    named = Person.objects.filter(email=login.strip().lower()) if "@" in login else holder_of(login)
    person: Person | None = named.first()
    return person


def branch_on(unit: OrgUnit, on: date) -> "QuerySet[OrgUnit]":
    """The unit and what stood below it on a day."""
    below = Ancestry.objects.holding(on).filter(ancestor=unit)
    units: QuerySet[OrgUnit] = OrgUnit.objects.filter(pk__in=below.values("unit"))
    return units


def name_on(unit: OrgUnit, on: date) -> str:
    """What the unit was called on a day; today's name for days before its history begins."""
    version = OrgUnitVersion.objects.filter(holding(on), unit=unit).order_by("-starts_on").first()
    return version.name if version else unit.name


def path_of(unit: OrgUnit) -> list[OrgUnit]:
    """From the top of the tree down to the unit itself, as it stands today."""
    rows = Ancestry.objects.filter(unit=unit, ends_on=None).select_related("ancestor").order_by("-depth")
    return [row.ancestor for row in rows]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as a list shows her: where she is today, and by which number, masked."""

    person: Person
    membership: Membership | None
    identity: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some people by name, and the id after which the next page begins."""

    lines: list[PersonLine]
    next_after: int | None


def people_page(
    viewer: Person,
    *,
    text: str = "",
    unit: OrgUnit | None = None,
    employment_type: str = "",
    after: str = "",
    size: int = 50,
) -> PeoplePage:
    """People ``viewer`` looks after, by name, in a fixed number of queries.

    ``text`` is part of a name, or a whole number: a part of a number finds nobody.
    """
    found = Person.objects.visible_to(viewer)
    if sum(letter.isdigit() for letter in text) > 4:
        found = found.filter(pk__in=holder_of(text).values("pk"))
    else:
        for word in text.split():
            found = found.filter(full_name__icontains=word)
    if unit:
        branch = Ancestry.objects.filter(ancestor=unit, ends_on=None).values("unit")
        found = found.filter(pk__in=Membership.objects.filter(ends_on=None, unit__in=branch).values("person"))
    if employment_type:
        kept = Membership.objects.filter(ends_on=None, employment_type=employment_type)
        found = found.filter(pk__in=kept.values("person"))
    if after.isdigit():
        last = Person.objects.visible_to(viewer).filter(pk=int(after)).only("full_name").first()
        if last:
            found = found.filter(
                Q(full_name__gte=last.full_name) & (Q(full_name__gt=last.full_name) | Q(pk__gt=last.pk))
            )
    rows = list(found.order_by("full_name", "pk")[: size + 1])
    shown = rows[:size]
    places = {
        membership.person_id: membership
        for membership in Membership.objects.filter(person__in=shown, ends_on=None).select_related("unit")
    }
    identities = identities_of(shown)
    lines = [PersonLine(person, places.get(person.pk), _masked(identities.get(person.pk))) for person in shown]
    return PeoplePage(lines, shown[-1].pk if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What is on record about a person: numbers masked, places and roles with their days."""

    current: Membership | None
    identifiers: list[tuple[Identifier, str]]
    memberships: list[Membership]
    roles: list[Role]


def file_of(person: Person) -> PersonFile:
    """All that a person's page shows, in three queries."""
    memberships = list(Membership.objects.filter(person=person).select_related("unit").order_by("-starts_on"))
    identifiers = Identifier.objects.filter(person=person).order_by("ends_on", "kind", "-starts_on")
    roles = Role.objects.holding().filter(person=person).select_related("unit").order_by("kind", "unit__name")
    return PersonFile(
        current=next((membership for membership in memberships if membership.ends_on is None), None),
        identifiers=[(identifier, mask_number(identifier.number)) for identifier in identifiers],
        memberships=memberships,
        roles=list(roles),
    )


def roles_to_give(person: Person, unit: OrgUnit) -> list[Role.Kind]:
    """The roles she may give and end in a unit."""
    if person.is_superuser:
        return list(Role.Kind)
    above = Role.objects.holding().filter(person=person, unit__below__unit=unit, unit__below__ends_on=None)
    held = set(above.values_list("kind", flat=True))
    return [kind for kind in Role.Kind if may_give(kind, held)]


def person_to_appoint(login: str, *, by: Person) -> Person | None:
    """Who has this whole e-mail address or, among those whom ``by`` looks after, this number."""
    named = Person.objects.filter(email=login.strip().lower())
    if "@" not in login:
        named = holder_of(login).filter(pk__in=Person.objects.visible_to(by).values("pk"))
    found: Person | None = named.filter(is_active=True).first()
    return found


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role as the page of its unit shows it: whether its holder may be looked at, and whether it may be ended."""

    role: Role
    is_known: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class UnitRoles:
    """The roles held in a unit: those that hold or are to begin, and the latest that are over."""

    held: list[RoleLine]
    over: list[Role]


def unit_roles(unit: OrgUnit, viewer: Person) -> UnitRoles:
    """Who holds which role in a unit itself, in a fixed number of queries."""
    today, given = timezone.localdate(), roles_to_give(viewer, unit)
    rows = (
        Role.objects.filter(unit=unit).select_related("person").order_by("kind", "person__full_name", "starts_on", "pk")
    )
    held = list(rows.filter(Q(ends_on=None) | Q(ends_on__gte=today)))
    seen = Person.objects.visible_to(viewer).filter(pk__in=[role.person_id for role in held])
    known = set(seen.values_list("pk", flat=True))
    return UnitRoles(
        held=[RoleLine(role, role.person_id in known, role.kind in given) for role in held],
        over=list(rows.filter(ends_on__lt=today).order_by("-ends_on", "-pk")[:ROLES_OVER]),
    )


def superiors_of(person_ids: Iterable[int]) -> dict[int, int]:
    """The superior of each of these people, by id: whoever has that role in the nearest unit from theirs upward.

    Nobody is her own superior: of who heads a unit, it is whoever has the role further up. Where two share a role, the
    one who has had it longer. People without a superior are missing. One query.
    """
    held = Role.objects.holding().filter(
        kind=Role.Kind.SUPERIOR,
        unit__below__ends_on=None,
        unit__below__unit__memberships__ends_on=None,
        unit__below__unit__memberships__person__in=person_ids,
    )
    nearest: dict[int, int] = {}
    rows = held.order_by("unit__below__depth", "starts_on", "pk")
    for person_id, superior_id in rows.values_list("unit__below__unit__memberships__person", "person"):
        if person_id != superior_id:
            nearest.setdefault(person_id, superior_id)
    return nearest


def people_in_branch(unit: OrgUnit) -> int:
    """How many people belong to the unit or below it today."""
    branch = Ancestry.objects.filter(ancestor=unit, ends_on=None).values("unit")
    return int(Membership.objects.filter(ends_on=None, unit__in=branch).count())


def units_below_with_people(unit: OrgUnit) -> list[tuple[OrgUnit, int]]:
    """The units directly below, by name, with how many people their whole branches have today."""
    children = list(OrgUnit.objects.filter(parent=unit, closed_on=None).order_by("unit_type", "name", "pk"))
    counted = (
        Ancestry.objects.filter(
            ancestor__parent=unit, ends_on=None, unit__memberships__ends_on=None, unit__memberships__isnull=False
        )
        .values("ancestor")
        .annotate(people=Count("unit__memberships"))
    )
    people = {row["ancestor"]: row["people"] for row in counted}
    return [(child, people.get(child.pk, 0)) for child in children]


def former_names(unit: OrgUnit) -> list[OrgUnitVersion]:
    """What the unit was called and where it stood before, latest first."""
    return list(
        OrgUnitVersion.objects.filter(unit=unit).exclude(ends_on=None).select_related("parent").order_by("-starts_on")
    )


def _masked(identity: tuple[str, str] | None) -> tuple[str, str] | None:
    return (identity[0], mask_number(identity[1])) if identity else None


def _role_kinds(person: Person) -> set[str]:
    cached: set[str] | None = person.__dict__.get("_role_kinds")
    today = timezone.localdate()
    if cached is None or person.__dict__.get("_role_kinds_on") != today:
        cached = {kind for (kind,) in _ROLE_KINDS.all(person=person.pk, day=today)}
        person.__dict__.update(_role_kinds=cached, _role_kinds_on=today)
    return cached


_ROLE_KINDS: Statement[tuple[str]] = Statement(
    lambda: Role.objects.holding(given("day", DateField())).filter(person=given_id("person")).values_list("kind")
)


def used_ids(model: type[Model], ids: Iterable[int], *, apart_from: Sequence[type[Model]]) -> set[int]:
    """Which of the rows something points to, ``apart_from`` rows of these models and of those that follow from others.

    A model says so of its rows with ``is_derived``.
    """
    wanted = list(ids)
    used: set[int] = set()
    for relation in model._meta.related_objects:
        is_derived = getattr(relation.related_model, "is_derived", False)
        if relation.related_model in apart_from or relation.many_to_many or is_derived:
            continue
        name = relation.field.name
        related: Any = relation.related_model
        used |= set(related._base_manager.filter(**{f"{name}__in": wanted}).values_list(name, flat=True))
    return used


def provinces() -> dict[str, str]:
    """The names of the provinces by their codes, in the order of the codes."""
    return {row["code"]: row["name"] for row in facts.rows("provinces")}
