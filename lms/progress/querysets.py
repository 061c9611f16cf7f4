"""Finding evidence that a person is to look at, and who may."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from lms.enrollment.querysets import PLANNERS
from lms.people.querysets import LOOKING_AFTER, units_below


class ReviewQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(state="open")

    def decided(self) -> Self:
        return self.exclude(state="open")

    def visible_to(self, person: Any) -> Self:
        """Of runs that are organized in branches where she organizes, and of the people whom she looks after today.

        Never her own: nobody judges her own evidence, whatever her role.
        """
        others = self.exclude(enrollment__person=person)
        if person.is_superuser:
            return others
        memberships: Any = apps.get_model("people", "Membership")._default_manager
        members = memberships.filter(ends_on=None, unit__in=units_below(person, *LOOKING_AFTER))
        return others.filter(
            Q(enrollment__run__organizer__in=units_below(person, *PLANNERS))
            | Q(enrollment__person__in=members.values("person"))
        )
