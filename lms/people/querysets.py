"""Finding people and units, and who may see which."""

from datetime import date
from typing import Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone


def holding(on: date | None = None) -> Q:
    """The condition that a ``Dated`` row holds on a day (today unless told)."""
    day = on or timezone.localdate()
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


def roles_holding(prefix: str) -> Q:
    """The same condition for today, seen from another table through ``prefix``."""
    today = timezone.localdate()
    return Q(**{f"{prefix}starts_on__lte": today}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": today})
    )


class RoleQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))


class IdentifierQuerySet(models.QuerySet[Any]):
    def holding(self, on: date | None = None) -> Self:
        return self.filter(holding(on))


class MembershipQuerySet(models.QuerySet[Any]):
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
        granted = Q(above__ancestor__roles__person=person) & roles_holding("above__ancestor__roles__")
        if role_kinds:
            granted &= Q(above__ancestor__roles__kind__in=role_kinds)
        return self.filter(Exists(self.model.objects.filter(granted, pk=OuterRef("pk"), above__ends_on=None)))


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Herself, and whom she looks after as HR officer: today's members of the units in her branches."""
        if person.is_superuser:
            return self
        units: Any = self.model.memberships.rel.related_model.unit.field.related_model
        looked_after = units.objects.visible_to(person, "hr_officer", "administrator")
        member = self.model.objects.filter(
            pk=OuterRef("pk"), memberships__ends_on=None, memberships__unit__in=looked_after
        )
        return self.filter(Q(pk=person.pk) | Exists(member))


class PersonManager(BaseUserManager[Any].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> Any:
        person = self.model(email=email.lower() if email else None, **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_superuser=True, **fields)
