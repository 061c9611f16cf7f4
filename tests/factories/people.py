"""People, units, memberships and roles, made the way services make them."""

import itertools
from datetime import date

import factory

from lms.people import services
from lms.people.models import EmploymentType, Membership, OrgUnit, Person, Role, UnitType

LONG_AGO = date(2020, 1, 1)
_serials = itertools.count()


def made_up_nip(*, birth: str = "19850101", start: str = "201001", sex: int = 1) -> str:
    """A NIP nobody has: serials of made-up people run from 900 to 999."""
    step = next(_serials)
    day = 1 + step // 100 % 28
    year = int(birth[:4]) - step // 2800 % 15
    return f"{year}{birth[4:6]}{day:02}{start}{sex}{900 + step % 100}"


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"orang{n}@kementerian.test")
    full_name = factory.Sequence(lambda n: f"Pegawai Contoh {n}")
    password = "!"


class OrgUnitFactory(factory.Factory[OrgUnit]):
    """A unit with its history and its place in the tree."""

    class Meta:
        model = OrgUnit

    code = factory.Sequence(lambda n: f"U{n:05}")
    name = factory.Sequence(lambda n: f"Satuan Kerja {n}")
    unit_type = UnitType.OTHER
    parent = None
    opened_on = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[OrgUnit], *args: object, **kwargs: object) -> OrgUnit:
        return services.create_unit(**kwargs)  # type: ignore[arg-type]

    @classmethod
    def _build(cls, model_class: type[OrgUnit], *args: object, **kwargs: object) -> OrgUnit:
        return model_class(**kwargs)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(OrgUnitFactory)
    employment_type = EmploymentType.PNS
    position = "Guru Ahli Pertama"
    grade = "III/a"
    starts_on = LONG_AGO


class RoleFactory(factory.Factory[Role]):
    """A role with what follows from it: CMS group, administrator's mark."""

    class Meta:
        model = Role

    person = factory.SubFactory(PersonFactory)
    kind = Role.Kind.HR_OFFICER
    unit = factory.SubFactory(OrgUnitFactory)
    starts_on = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[Role], *args: object, **kwargs: object) -> Role:
        return services.grant_role(by=None, **kwargs)  # type: ignore[arg-type]
