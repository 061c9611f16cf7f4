"""People and units for tests."""

from datetime import date

import factory

from lms.people.models import EmploymentType, Membership, OrgUnit, Person, UnitType


class OrgUnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrgUnit

    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"Unit {n}")
    unit_type = UnitType.REGENCY_OFFICE
    opened_on = date(2000, 1, 1)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    full_name = factory.Sequence(lambda n: f"Person {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(OrgUnitFactory)
    employment_type = EmploymentType.PNS
    starts_on = date(2020, 1, 1)
