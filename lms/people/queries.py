"""Questions about people and units that span tables."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from lms.people import vault
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, OrgUnitVersion, Person, Role
from lms.people.querysets import holding
from lms.people.rules import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

IDENTITY_ORDER = (
    Identifier.Kind.NIP,
    Identifier.Kind.NUPTK,
    Identifier.Kind.NPK,
    Identifier.Kind.PEGID,
    Identifier.Kind.NIK,
)


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


def identities_of(people: "Iterable[Person]") -> dict[int, tuple[str, str]]:
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


def _role_kinds(person: Person) -> set[str]:
    cached: set[str] | None = person.__dict__.get("_role_kinds")
    today = timezone.localdate()
    if cached is None or person.__dict__.get("_role_kinds_on") != today:
        cached = set(Role.objects.holding(today).filter(person=person).values_list("kind", flat=True))
        person.__dict__.update(_role_kinds=cached, _role_kinds_on=today)
    return cached
