"""The field by which forms of periods, runs and shares choose an audience."""

import re
from urllib.parse import unquote

import pytest
from django import forms

from lms.enrollment import forms as fields
from lms.enrollment import services
from lms.people.models import Person
from tests.factories.enrollment import AudienceFactory
from tests.factories.people import OrgUnitFactory, RoleFactory

pytestmark = pytest.mark.django_db


class OfferForm(forms.Form):
    audience = fields.AudienceField()

    def __init__(self, *args, person, present=None):
        super().__init__(*args)
        self.fields["audience"].offer_to(person, present)


@pytest.fixture
def unit():
    return OrgUnitFactory(name="Balai Diklat")


@pytest.fixture
def organizer(unit):
    return RoleFactory(kind="organizer", unit=unit).person


def names(html):
    return re.findall(r"<option[^>]*>([^<]*)</option>", html)


def test_audiences_of_her_branch_are_offered_by_their_units_with_their_people(unit, organizer):
    below = AudienceFactory(organizer=OrgUnitFactory(parent=unit, name="Balai di Bawahnya"))
    own = AudienceFactory(organizer=unit)
    strange = AudienceFactory()

    html = str(OfferForm(person=organizer))

    assert names(html) == ["Semua orang", f"{own.name} (0 orang)", f"{below.name} (0 orang)"]
    assert 'optgroup label="Balai Diklat"' in html
    assert not OfferForm({"audience": strange.pk}, person=organizer).is_valid()
    assert not OfferForm({"audience": "x"}, person=organizer).is_valid()


def test_an_audience_in_the_archive_is_offered_only_where_it_was_chosen(unit, organizer):
    archived = AudienceFactory(organizer=unit)
    services.archive_audience(archived, by=None)

    assert archived.name not in str(OfferForm(person=organizer))
    assert not OfferForm({"audience": archived.pk}, person=organizer).is_valid()
    assert archived.name in str(OfferForm(person=organizer, present=archived))


def test_the_audience_of_another_branch_that_is_chosen_already_may_stay(organizer):
    strange = AudienceFactory()

    form = OfferForm({"audience": strange.pk}, person=organizer, present=strange)

    assert form.is_valid()
    assert form.cleaned_data["audience"] == strange
    assert OfferForm({"audience": ""}, person=organizer, present=strange).is_valid()


def test_many_audiences_can_be_searched_without_script_and_with_it(unit, organizer, client_for):
    for number in range(20):
        AudienceFactory(organizer=unit, name=f"Guru kelas {number:02}")
    kept = AudienceFactory(name="Pilihan lama")
    data = {"audience-search": "kelas 07", "audience-find": "1", "audience": kept.pk}

    form = OfferForm(data, person=organizer, present=kept)
    address = re.search(r'hx-get="([^"]+)"', str(form["audience"]))[1].replace("&amp;", "&")
    narrowed = client_for(organizer).get(f"{address}&audience-search=kelas+07").content.decode()

    assert not form.is_valid()
    assert form.errors["audience"].as_data()[0].code == "searching"
    for html in (str(form["audience"]), narrowed):
        assert [name.split(" (")[0] for name in names(html)] == ["Semua orang", "Pilihan lama", "Guru kelas 07"]


def test_what_is_chosen_but_not_hers_is_not_kept_in_the_list(unit, organizer):
    AudienceFactory.create_batch(20, organizer=unit)
    strange = AudienceFactory(name="Rahasia")
    data = {"audience-search": "Sasaran", "audience-find": "1", "audience": strange.pk}

    form = OfferForm(data, person=organizer)
    html = str(form)

    assert not form.is_valid()
    assert "Rahasia" not in html
    signed = unquote(re.search(r"present=([^&\"]+)", html)[1])
    assert fields.signer.unsign_object(signed) == []


def test_the_list_that_is_brought_in_says_nothing_of_other_branches(organizer, client_for):
    strange = AudienceFactory()
    client = client_for(organizer)

    made_up = client.get(f"/audiences/options/?name=audience&present=%5B{strange.pk}%5D")
    named = client.get(
        f"/audiences/options/?name=audience&audience={strange.pk}&present={fields.signer.sign_object([])}"
    )

    assert made_up.status_code == 404
    assert strange.name not in named.content.decode()


def test_the_field_costs_the_same_for_two_or_two_hundred_audiences(unit, organizer, queries_of):
    def shown():
        return str(OfferForm(person=Person.objects.get(pk=organizer.pk)))

    AudienceFactory.create_batch(2, organizer=unit)
    few = queries_of(shown)
    for number in range(40):
        services.create_audience(f"Lagi {number}", unit, {"all": [{"kind": "sex", "sex": "m"}]}, by=None)

    assert queries_of(shown) == few
