"""Who may do what, in which branch."""

from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from lms.audit.services import record
from lms.people.errors import RoleNotYours
from lms.people.models import OrgUnit, Person, Role

GROUPS = {Role.Kind.AUTHOR: "Course authors", Role.Kind.ORGANIZER: "Organizers"}
"""Roles that come with a group of the CMS, whose permissions the CMS app sets."""


@transaction.atomic
def grant_role(person: Person, kind: str, unit: OrgUnit, *, by: Person | None, starts_on: date | None = None) -> Role:
    """Let her act in the branch below ``unit``. Granting what she has already changes nothing.

    ``by`` is an administrator, or ``None`` for the system itself. Administrator of the whole tree is administrator of
    the platform.
    """
    _administrators_only(by)
    role, is_new = Role.objects.get_or_create(
        person=person, kind=kind, unit=unit, ends_on=None, defaults={"starts_on": starts_on or timezone.localdate()}
    )
    _follow(person, Role.Kind(kind))
    if is_new:
        record("people.grant_role", [person], by=by, role=str(kind), unit=unit.pk)
    return role


@transaction.atomic
def revoke_role(person: Person, kind: str, unit: OrgUnit, *, by: Person | None) -> None:
    """Take the role away at once. Nothing happens when she does not hold it."""
    _administrators_only(by)
    today = timezone.localdate()
    held = Role.objects.filter(person=person, kind=kind, unit=unit, ends_on=None)
    changed = held.filter(starts_on__gte=today).delete()[0] + held.update(ends_on=today - timedelta(days=1))
    _follow(person, Role.Kind(kind))
    if changed:
        record("people.revoke_role", [person], by=by, role=str(kind), unit=unit.pk)


def _administrators_only(by: Person | None) -> None:
    if by is not None and not by.is_superuser:
        raise RoleNotYours


def _follow(person: Person, kind: Role.Kind) -> None:
    """Bring the group of the CMS and the platform administrator's mark in line with the roles held."""
    for known in ("_role_kinds", "_tops_looked_after"):
        person.__dict__.pop(known, None)
    held = Role.objects.holding().filter(person=person, kind=kind)
    if kind in GROUPS:
        group, _ = Group.objects.get_or_create(name=GROUPS[kind])
        (person.groups.add if held.exists() else person.groups.remove)(group)
    if kind == Role.Kind.ADMINISTRATOR:
        person.is_superuser = held.filter(unit__parent=None).exists()
        person.save(update_fields=["is_superuser"])
