"""The made-up ministry has the true shape, and nobody's numbers."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lms.people import queries
from lms.people.ministry import plan_people, plan_units
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, Person
from lms.people.rules import normalize_name, read_identifier, read_nip


def test_the_whole_tree_has_the_published_counts():
    units = plan_units()
    kinds = Counter(unit.kind for unit in units)

    assert 10_500 <= len(units) <= 10_800
    assert (kinds["PUSAT"], kinds["KANWIL"], kinds["KANKEMENAG"]) == (10, 34, 514)
    assert (kinds["BDK"], kinds["LDK"], kinds["UPT"]) == (14, 2, 20)
    assert len({unit.code for unit in units}) == len(units)
    assert all(unit.parent is None or unit.parent < place for place, unit in enumerate(units))


def test_made_up_people_have_valid_numbers_that_differ_and_true_shares():
    units, today = plan_units(["34"]), date(2026, 8, 1)
    people = list(plan_people(units, 26_000, 1, today))

    numbers = [person.number for person in people]
    assert len(set(numbers)) == len(people)
    assert len({person.email for person in people}) == len(people)
    for person in people[::50]:
        assert not read_identifier(person.identifier_kind, person.number)[1]
        if person.identifier_kind == "nip":
            reading = read_nip(person.number)
            assert (reading.birth_on, reading.sex) == (person.birth_on, person.sex)
            assert int(person.number[-3:]) >= 900
        written = f"{person.title_prefix} {person.full_name}, {person.title_suffix}".strip(" ,")
        assert normalize_name(written).full_name == person.full_name
    servants = sum(person.employment_type != "non_asn" for person in people) / len(people)
    assert servants == pytest.approx(0.616, abs=0.01)


def test_a_small_ministry_is_written_once_and_can_sign_in(db, client):
    said = StringIO()

    call_command("make_ministry", people=60, provinces=["34"], password="hanya-untuk-uji", stdout=said)

    assert "60 people" in said.getvalue()
    assert Person.objects.count() == Membership.objects.count() == Identifier.objects.count() == 60
    assert Membership.objects.values("unit").distinct().count() > 20
    root = OrgUnit.objects.get(parent=None)
    assert Ancestry.objects.filter(ancestor=root, ends_on=None).count() == OrgUnit.objects.count()
    person = Person.objects.order_by("pk").last()
    number = queries.identity_of(person)[1]
    assert client.post("/accounts/login/", {"login": number, "password": "hanya-untuk-uji"}).status_code == 302
    with pytest.raises(CommandError):
        call_command("make_ministry", people=60)


def test_without_a_password_nobody_can_sign_in_and_later_rows_get_ids_of_their_own(db):
    call_command("make_ministry", people=5, provinces=["34"], stdout=StringIO())

    assert not any(person.has_usable_password() for person in Person.objects.all())
    assert Person.objects.create(full_name="Sesudahnya").pk > 0


def test_the_same_seed_gives_the_same_people():
    units = plan_units(["51"])

    again = list(plan_people(units, 40, 7, date(2026, 8, 1)))

    assert again == list(plan_people(units, 40, 7, date(2026, 8, 1)))
    assert again != list(plan_people(units, 40, 8, date(2026, 8, 1)))
