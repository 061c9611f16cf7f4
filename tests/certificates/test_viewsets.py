"""Setting the number pattern in the CMS."""

import pytest
from django.urls import reverse

from certificates.models import NumberPattern
from tests.factories.people import OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db
ADD = reverse("certificate_numbers:add")
INDEX = reverse("certificate_numbers:index")
PATTERN = "{sequence:04d}/{organizer}/DIKLAT/{year}"


@pytest.fixture
def unit():
    return OrgUnitFactory()


@pytest.fixture
def organizer(client_for, unit):
    return client_for(RoleFactory(kind="organizer", unit=unit).person)


def test_an_organizer_sets_the_pattern_of_her_unit_and_takes_it_back(organizer, unit):
    organizer.post(ADD, {"organizer": unit.pk, "pattern": PATTERN})
    pattern = NumberPattern.objects.get()
    assert (pattern.organizer, pattern.pattern) == (unit, PATTERN)
    assert PATTERN in organizer.get(INDEX).content.decode()

    organizer.post(reverse("certificate_numbers:delete", args=[pattern.pk]))
    assert not NumberPattern.objects.exists()


def test_a_pattern_that_could_give_a_number_twice_is_refused_with_the_reason(organizer, unit):
    response = organizer.post(ADD, {"organizer": unit.pk, "pattern": "{sequence}/{organizer}"})

    assert "{year}" in str(response.context["form"].errors["pattern"])
    assert not NumberPattern.objects.exists()


def test_an_organizer_neither_sees_nor_changes_the_patterns_of_others(organizer):
    theirs = NumberPattern.objects.create(organizer=OrgUnitFactory(), pattern=PATTERN)

    assert PATTERN not in organizer.get(INDEX).content.decode()
    for name in ("edit", "delete", "history", "usage"):
        assert organizer.get(reverse(f"certificate_numbers:{name}", args=[theirs.pk])).status_code == 404
    organizer.post(ADD, {"organizer": theirs.organizer_id, "pattern": PATTERN})
    assert NumberPattern.objects.count() == 1


@pytest.mark.parametrize("role", ["author", "hr_officer"])
def test_others_have_nothing_to_do_with_numbers(client_for, role):
    client = client_for(RoleFactory(kind=role).person)

    assert client.get(INDEX).status_code in {302, 403}
    assert client.post(ADD, {"pattern": PATTERN}).status_code in {302, 403}
    assert not NumberPattern.objects.exists()


def test_an_administrator_sets_the_pattern_of_every_unit_that_organizes(client_for):
    pattern = NumberPattern.objects.create(organizer=OrgUnitFactory(), pattern=PATTERN)

    client = client_for(PersonFactory(is_superuser=True))

    assert client.get(reverse("certificate_numbers:edit", args=[pattern.pk])).status_code == 200
