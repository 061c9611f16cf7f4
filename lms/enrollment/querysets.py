"""Finding enrollments, audiences and mandatory training, and who may see which."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from lms.people.querysets import units_below

EDITORS = ("organizer", "hr_officer", "administrator")
"""The roles whose holders make audiences in their branch."""
PLANNERS = ("organizer", "administrator")
"""The roles whose holders plan periods and runs in their branch."""


def _table(name: str) -> Any:
    return apps.get_model("people", name)._default_manager


class EnrollmentQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        return self.exclude(status="withdrawn")

    def seated(self) -> Self:
        return self.filter(status="seated")

    def completed(self) -> Self:
        """Those whose course is complete. Progress, an app above, writes that row; it is read here by its name."""
        return self.filter(progress__completed_at__isnull=False)

    def visible_to(self, person: Any) -> Self:
        """Her own. Officers read others' through reports, never here."""
        return self.filter(person=person)


class AudienceQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Those that are not in the archive: offered for choosing, and kept in step."""
        return self.filter(archived_at=None)

    def visible_to(self, person: Any) -> Self:
        """Those of the units in branches where she organizes or looks after people: she may edit them, too."""
        if person.is_superuser:
            return self
        return self.filter(organizer__in=units_below(person, *EDITORS))


class PlanQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(state="active")

    def editable_by(self, person: Any) -> Self:
        """Those of the units in branches where she organizes or looks after people."""
        if person.is_superuser:
            return self
        return self.filter(organizer__in=units_below(person, *EDITORS))

    def visible_to(self, person: Any) -> Self:
        """Those she may edit, and those from above that bind people of her branches."""
        if person.is_superuser:
            return self
        own = units_below(person, *EDITORS)
        above = _table("Ancestry").filter(ends_on=None, unit__in=own).values("ancestor")
        return self.filter(models.Q(organizer__in=own) | models.Q(organizer__in=above))


class DueQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(state="due")

    def of(self, person: Any) -> Self:
        """Her own, of plans that go on."""
        return self.filter(person=person, plan__state="active")

    def visible_to(self, person: Any, *role_kinds: str) -> Self:
        """Those of the people who are today in branches where she holds one of the roles: whom she sees to it for."""
        if person.is_superuser:
            return self
        units = units_below(person, *(role_kinds or EDITORS))
        members = _table("Membership").filter(ends_on=None, unit__in=units)
        return self.filter(person__in=members.values("person"))


class ExemptionQuerySet(models.QuerySet[Any]):
    def holding(self) -> Self:
        return self.filter(revoked_at=None)

    def visible_to(self, person: Any) -> Self:
        """Those that name somebody of her branches, or that she gave herself."""
        if person.is_superuser:
            return self
        members = _table("Membership").filter(ends_on=None, unit__in=units_below(person, *EDITORS))
        return self.filter(models.Q(by=person) | models.Q(people__person__in=members.values("person"))).distinct()

    def editable_by(self, person: Any) -> Self:
        """Those that she gave herself, or that name nobody outside her branches."""
        if person.is_superuser:
            return self
        members = _table("Membership").filter(ends_on=None, unit__in=units_below(person, *EDITORS))
        named = apps.get_model("enrollment", "ExemptPerson")._default_manager.filter(exemption=models.OuterRef("pk"))
        outside = named.exclude(person__in=members.values("person"))
        return self.filter(models.Q(by=person) | ~models.Exists(outside))


class OrganizedQuerySet(models.QuerySet[Any]):
    """Of what a unit organizes: periods and templates."""

    def editable_by(self, person: Any) -> Self:
        """What is organized in branches where she plans."""
        if person.is_superuser:
            return self
        return self.filter(organizer__in=units_below(person, *PLANNERS))


class RunTemplateQuerySet(OrganizedQuerySet):
    def alone(self) -> Self:
        """Those that are offered by themselves, and not with the others of a period."""
        return self.filter(period_template=None)


class RunSeatsQuerySet(models.QuerySet[Any]):
    def editable_by(self, person: Any) -> Self:
        """The runs that are organized, or offered in a period that is organized, in branches where she plans."""
        if person.is_superuser:
            return self
        units = units_below(person, *PLANNERS)
        return self.filter(Q(run__organizer__in=units) | Q(period__organizer__in=units))


class RunClassQuerySet(models.QuerySet[Any]):
    def taught_by(self, person: Any) -> Self:
        """An instructor sees her own classes and no others."""
        return self.filter(instructor=person)
