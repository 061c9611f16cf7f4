"""Periods, seats and places for tests."""

from datetime import timedelta

import factory
from django.utils import timezone

from lms.enrollment.models import Enrollment, EnrollmentPeriod, RunSeats
from tests.factories.catalog import CourseRunFactory
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
    created_at = factory.LazyFunction(timezone.now)
    seated_at = factory.LazyFunction(timezone.now)
