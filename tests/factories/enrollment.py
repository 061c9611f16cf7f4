"""Periods, seats and places for tests."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from lms.enrollment import services
from lms.enrollment.models import Audience, Enrollment, EnrollmentPeriod, Plan, RunSeats
from tests.factories.catalog import CourseFactory, CourseRunFactory
from tests.factories.people import OrgUnitFactory, PersonFactory


class EnrollmentPeriodFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EnrollmentPeriod

    title = factory.Sequence(lambda n: f"Periode {n}")
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
    organizer = factory.SubFactory(OrgUnitFactory)


class RunSeatsFactory(factory.django.DjangoModelFactory):
    """A run that is offered now; without limit unless ``seats`` says otherwise."""

    class Meta:
        model = RunSeats

    run = factory.SubFactory(CourseRunFactory)
    period = factory.SubFactory(EnrollmentPeriodFactory)
    seats = None


class EnrollmentFactory(factory.django.DjangoModelFactory):
    """A seat, written without the seat-taking path: for tests of what comes after it."""

    class Meta:
        model = Enrollment

    person = factory.SubFactory(PersonFactory)
    run = factory.SubFactory(CourseRunFactory)
    period = factory.SubFactory(EnrollmentPeriodFactory)
    status = Enrollment.Status.SEATED
    arrival = factory.Sequence(lambda n: n + 1)
    created_at = factory.LazyFunction(timezone.now)
    seated_at = factory.LazyFunction(timezone.now)


class AudienceFactory(factory.Factory[Audience]):
    """An audience with its people written; of women unless ``rule`` says otherwise."""

    class Meta:
        model = Audience

    name = factory.Sequence(lambda n: f"Sasaran {n}")
    organizer = factory.SubFactory(OrgUnitFactory)
    rule = {"all": [{"kind": "sex", "sex": "f"}]}

    @classmethod
    def _create(cls, model_class: type[Audience], *args: object, **kwargs: object) -> Audience:
        return services.create_audience(by=None, **kwargs)  # type: ignore[arg-type]


class PlanFactory(factory.Factory[Plan]):
    """A plan in force for all people of its audience, due in thirty days unless it says when."""

    class Meta:
        model = Plan

    title = factory.Sequence(lambda n: f"Wajib {n}")
    organizer = factory.SubFactory(OrgUnitFactory)
    audience = factory.SubFactory(AudienceFactory)

    @classmethod
    def _create(cls, model_class: type[Plan], *args: object, **kwargs: Any) -> Plan:
        courses = kwargs.pop("courses", None) or [CourseFactory()]
        equivalents = kwargs.pop("equivalents", ())
        today = timezone.localdate()
        kwargs.setdefault("starts_on", today)
        if not kwargs.keys() & {"due_on", "due_days", "yearly_month"}:
            kwargs["due_on"] = today + timedelta(days=30)
        return services.create_plan(Plan(**kwargs), courses, equivalents, by=None)
