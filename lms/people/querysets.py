"""Finding people and units, and who may see which."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

LOOKING_AFTER = ("hr_officer", "administrator")
"""The roles whose holders see the people of their branch."""


def holding(on: date | None = None) -> Q:
    """The condition that a ``Dated`` row holds on a day (today unless told)."""
    day = on or timezone.localdate()
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


def _table(name: str) -> Any:
    return apps.get_model("people", name)._default_manager


def units_below(person: Any, *role_kinds: str) -> "models.QuerySet[Any, dict[str, Any]]":
    """Ids of the units in branches where ``person`` holds one of the roles today, as a subquery."""
    roles = _table("Role").holding().filter(person_id=person.pk)
    if role_kinds:
        roles = roles.filter(kind__in=role_kinds)
    below: models.QuerySet[Any] = _table("Ancestry").filter(ends_on=None, ancestor__in=roles.values("unit"))
    return below.values("unit")


def tops_looked_after(person: Any) -> list[int]:
    """The units whose whole tree she looks after; asked once per person object.

    Empty for nearly everybody, and also when she holds roles in other branches beside: then those are asked for.
    """
    known: list[int] | None = person.__dict__.get("_tops_looked_after")
    if known is None:
        held = _table("Role").holding().filter(person_id=person.pk, kind__in=LOOKING_AFTER)
        units = list(held.values_list("unit", "unit__parent"))
        known = [unit for unit, parent in units if parent is None] if all(up is None for _, up in units) else []
        person.__dict__["_tops_looked_after"] = known
    return known


class RoleQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))


class IdentifierQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))


class MembershipQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))

    def visible_to(self, person: Any) -> Self:
        """The memberships of whom she may see: a transferred person's past goes with her."""
        return self.filter(person__in=_table("Person").visible_to(person))


class AncestryQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))


class OrgUnitQuerySet(models.QuerySet[Any]):
    def in_branch_of(self, unit: Any) -> Self:
        """The unit and everything below it today."""
        return self.filter(above__ancestor=unit, above__ends_on=None)

    def visible_to(self, person: Any, *role_kinds: str) -> Self:
        """Units in a branch in which ``person`` holds one of the roles today (any role when none is named)."""
        if person.is_superuser:
            return self
        return self.filter(pk__in=units_below(person, *role_kinds))


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Herself, and whom she looks after as HR officer: today's members of the units in her branches."""
        if person.is_superuser:
            return self
        tops = tops_looked_after(person)
        if tops:
            # Nearly everybody: asking each row in turn lets a page by name stop at its last line.
            member = _table("Membership").filter(
                ends_on=None, person=OuterRef("pk"), unit__above__ends_on=None, unit__above__ancestor__in=tops
            )
            return self.filter(Q(pk=person.pk) | Exists(member))
        # One IN over a union, not an OR: the planner can walk it from the person or from the branch, whichever is less.
        members = _table("Membership").filter(ends_on=None, unit__in=units_below(person, *LOOKING_AFTER))
        herself = self.model._default_manager.filter(pk=person.pk)
        return self.filter(pk__in=members.values("person").union(herself.values("pk"), all=True))


class PersonManager(BaseUserManager[Any].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> Any:
        person = self.model(email=email.lower() if email else None, **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_superuser=True, **fields)
