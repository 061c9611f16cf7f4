"""Who may do what, in which branch."""

from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lms.audit.services import record
from lms.people.errors import RoleHeldAlready, RoleNotYours
from lms.people.models import OrgUnit, Person, Role
from lms.people.queries import roles_to_give

GROUPS = {Role.Kind.AUTHOR: "Course authors", Role.Kind.ORGANIZER: "Organizers"}
"""Roles that come with a group of the CMS, whose permissions the CMS app sets."""
LOOKED_BACK = timedelta(days=30)
"""For so long may the clock have stood still before a role that began or ended is overlooked."""


@transaction.atomic
def grant_role(
    person: Person,
    kind: str,
    unit: OrgUnit,
    *,
    by: Person | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Role:
    """Let her act in the branch below ``unit``, from today unless told, and for good unless it says until when.

    Granting what she has already changes nothing. ``by`` is somebody who may give the role there, or ``None`` for the
    system itself. Administrator of the whole tree is administrator of the platform.
    """
    _only_for_givers(by, kind, unit)
    # One at a time: the next grant to her sees this one.
    list(Person.objects.filter(pk=person.pk).select_for_update(no_key=True).values_list("pk"))
    begins = starts_on or timezone.localdate()
    until_then = Q() if ends_on is None else Q(starts_on__lte=ends_on)
    own = Role.objects.filter(until_then, person=person, kind=kind, unit=unit)
    held: Role | None = own.filter(Q(ends_on=None) | Q(ends_on__gte=begins)).order_by("starts_on").first()
    if held is None:
        role = Role.objects.create(person=person, kind=kind, unit=unit, starts_on=begins, ends_on=ends_on)
        days = {"starts_on": begins.isoformat(), "ends_on": ends_on and ends_on.isoformat()}
        record("people.grant_role", [person], by=by, role=str(kind), unit=unit.pk, **days)
    elif held.starts_on <= begins and held.ends_on == ends_on:
        role = held
    else:
        raise RoleHeldAlready(held.starts_on, held.ends_on)
    _follow(person, Role.Kind(kind))
    return role


@transaction.atomic
def end_role(role: Role, *, by: Person | None, last_day: date | None = None) -> None:
    """Let a role end with a day, or take it away at once. Safe to repeat; what ends earlier already stays so.

    A role that would end before it begins is taken back: she never held it.
    """
    _only_for_givers(by, role.kind, role.unit)
    held = Role.objects.select_for_update(no_key=True, of=("self",)).select_related("person").filter(pk=role.pk).first()
    yesterday = timezone.localdate() - timedelta(days=1)
    day = max(last_day, yesterday) if last_day else yesterday
    if held is None or (held.ends_on is not None and held.ends_on <= day):
        return
    record("people.end_role", [held.person], by=by, role=held.kind, unit=held.unit_id, last_day=day.isoformat())
    if day < held.starts_on:
        held.delete()
    else:
        held.ends_on = day
        held.save(update_fields=["ends_on"])
    _follow(held.person, Role.Kind(held.kind))


def follow_roles() -> None:
    """Bring groups and administrators' marks in line with the roles that began or ended by the calendar of late.

    Safe to repeat, and due every day.
    """
    today = timezone.localdate()
    lately = (today - LOOKED_BACK, today)
    changed = Role.objects.filter(kind__in=[*GROUPS, Role.Kind.ADMINISTRATOR])
    changed = changed.filter(Q(starts_on__range=lately) | Q(ends_on__range=lately))
    for person_id, kind in sorted(set(changed.values_list("person", "kind"))):
        with transaction.atomic():
            _follow(Person.objects.select_for_update(no_key=True).get(pk=person_id), Role.Kind(kind))


def _only_for_givers(by: Person | None, kind: str, unit: OrgUnit) -> None:
    if by is not None and kind not in roles_to_give(by, unit):
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
