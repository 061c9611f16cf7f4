"""An officer sees the people and units of her branch; nobody else sees anybody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.people import services
from lms.people.models import Person, Role
from tests.factories.people import LONG_AGO, MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory, made_up_nip


@pytest.fixture
def branch(db):
    ministry = OrgUnitFactory(name="Kementerian")
    province, other = OrgUnitFactory(name="Wilayah Satu", parent=ministry), OrgUnitFactory(parent=ministry)
    office = OrgUnitFactory(name="Kantor Kota", parent=province)
    member = MembershipFactory(unit=office, person=PersonFactory(full_name="Ahmad Fauzi")).person
    nip = made_up_nip()
    services.set_identifier(member, "nip", nip, LONG_AGO)
    return {
        "province": province,
        "office": office,
        "member": member,
        "nip": nip,
        "officer": RoleFactory(unit=province).person,
        "stranger_officer": RoleFactory(unit=other).person,
        "author": RoleFactory(unit=ministry, kind=Role.Kind.AUTHOR).person,
    }


def addresses(branch) -> list[str]:
    return [
        reverse("people:person", args=[branch["member"].pk]),
        reverse("people:unit", args=[branch["office"].pk]),
        reverse("people:list") + f"?unit={branch['office'].pk}",
    ]


def test_the_officer_of_the_branch_opens_every_page(client, branch):
    client.force_login(branch["officer"])

    assert [client.get(address).status_code for address in addresses(branch)] == [200, 200, 200]
    assert client.get(reverse("people:units")).status_code == 302


@pytest.mark.parametrize("who", ["stranger_officer", "author"])
def test_others_find_nothing_there(client, branch, who):
    client.force_login(branch[who])

    assert [client.get(address).status_code for address in addresses(branch)] == [404, 404, 404]
    assert "Ahmad Fauzi" not in client.get(reverse("people:list")).content.decode()
    assert "Ahmad Fauzi" not in client.get(reverse("people:list"), {"q": branch["nip"]}).content.decode()


def test_a_colleague_opens_only_herself(client, branch):
    colleague = MembershipFactory(unit=branch["office"]).person
    client.force_login(colleague)

    assert [client.get(address).status_code for address in addresses(branch)] == [404, 404, 404]
    assert client.get(reverse("people:person", args=[colleague.pk])).status_code == 200


def test_a_stranger_is_sent_to_sign_in(client, branch):
    for address in [*addresses(branch), reverse("people:me"), reverse("people:list"), reverse("people:units")]:
        assert client.get(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("text", ["fauzi", "AHMAD fau", "{nip}", " {nip} "])
def test_people_are_found_by_part_of_a_name_or_a_whole_number(client, branch, text):
    client.force_login(branch["officer"])

    page = client.get(reverse("people:list"), {"q": text.format(nip=branch["nip"])}).content.decode()

    assert "Ahmad Fauzi" in page


def test_part_of_a_number_finds_nobody(client, branch):
    client.force_login(branch["officer"])

    assert "Ahmad Fauzi" not in client.get(reverse("people:list"), {"q": branch["nip"][:12]}).content.decode()


def test_numbers_are_masked_on_every_page(client, branch):
    client.force_login(branch["officer"])

    for address in addresses(branch):
        assert branch["nip"] not in client.get(address).content.decode()


def test_pages_by_name_hold_everybody_once(client, branch):
    for _ in range(110):
        MembershipFactory(unit=branch["office"], person=PersonFactory(full_name="Nama Sama"))
    client.force_login(branch["officer"])
    seen: list[int] = []
    address = reverse("people:list")

    while address:
        page = client.get(address).context["page"]
        seen += [line.person.pk for line in page.lines]
        address = page.next_after and reverse("people:list") + f"?after={page.next_after}"

    assert len(seen) == len(set(seen)) == 112


def test_lists_and_units_cost_the_same_for_few_and_many(client, branch, queries_of):
    client.force_login(branch["officer"])
    pages = [reverse("people:list"), reverse("people:unit", args=[branch["province"].pk])]
    # The header's count of unread messages is kept for a minute: whoever asks first pays for it.
    client.get(pages[0])
    few = [queries_of(client.get, page) for page in pages]
    for _ in range(30):
        unit = OrgUnitFactory(parent=branch["province"])
        person = MembershipFactory(unit=unit).person
        services.set_identifier(person, "nip", made_up_nip(), LONG_AGO)

    assert [queries_of(client.get, page) for page in pages] == few


def test_a_unit_counts_the_people_of_whole_branches(client, branch):
    MembershipFactory(unit=OrgUnitFactory(parent=branch["office"]))
    services.end_membership(MembershipFactory(unit=branch["office"]).person, LONG_AGO)
    empty = OrgUnitFactory(parent=branch["province"])
    client.force_login(branch["officer"])

    page = client.get(reverse("people:unit", args=[branch["province"].pk]))

    assert dict(page.context["below"]) == {branch["office"]: 2, empty: 0}
    assert page.context["people"] == 2


def test_everybody_chooses_her_language_and_clock(client, branch):
    client.force_login(branch["member"])

    response = client.post(reverse("people:me"), {"language": "en", "time_zone": "Asia/Jayapura"})

    member = Person.objects.get(pk=branch["member"].pk)
    assert (member.language, member.time_zone) == ("en", "Asia/Jayapura")
    assert response.cookies["django_language"].value == "en"
    assert client.session["time_zone"] == "Asia/Jayapura"
    assert branch["nip"][-4:] in client.get(reverse("people:me")).content.decode()


def test_a_zone_that_does_not_exist_is_not_kept(client, branch):
    client.force_login(branch["member"])

    response = client.post(reverse("people:me"), {"language": "en", "time_zone": "Mars/Base"})

    assert response.status_code == 200
    assert Person.objects.get(pk=branch["member"].pk).time_zone == "Asia/Jakarta"


def appoint(client, branch, **given):
    sent = {"kind": "superior", "login": branch["nip"], "starts_on": timezone.localdate(), "ends_on": "", **given}
    return client.post(reverse("people:roles", args=[branch["office"].pk]), sent)


def test_an_officer_appoints_a_superior_who_then_finds_her_page(client_for, branch):
    officer, member = client_for(branch["officer"]), branch["member"]
    assert client_for(member).get(reverse("enrollment:team")).status_code == 404

    assert appoint(officer, branch).status_code == 302

    home = client_for(Person.objects.get(pk=member.pk)).get(reverse("people:me")).content.decode()
    assert reverse("enrollment:team") in home
    assert client_for(member).get(reverse("enrollment:team")).status_code == 200
    page = officer.get(reverse("people:roles", args=[branch["office"].pk])).content.decode()
    assert "Ahmad Fauzi" in page
    role = Role.objects.get(kind="superior")
    assert officer.post(reverse("people:end-role", args=[role.pk]), {"last_day": ""}).status_code == 302
    assert client_for(member).get(reverse("enrollment:team")).status_code == 404


def test_a_superior_is_found_by_her_whole_address_or_by_the_number_of_somebody_in_the_branch(client_for, branch):
    officer, elsewhere = client_for(branch["officer"]), MembershipFactory(person__email="kepala@contoh.test").person
    strange = made_up_nip()
    services.set_identifier(elsewhere, "nip", strange, LONG_AGO)

    answers = [appoint(officer, branch, login=login) for login in (strange, "kepala", "Kepala@contoh.test")]

    assert [answer.status_code for answer in answers] == [422, 422, 302]
    assert "kepala@contoh.test" not in answers[0].content.decode()
    assert Role.objects.get(kind="superior").person == elsewhere


def test_an_officer_gives_and_ends_no_other_role(client_for, branch):
    officer = client_for(branch["officer"])
    organizer = RoleFactory(unit=branch["office"], kind="organizer")

    assert appoint(officer, branch, kind="hr_officer").status_code == 422
    assert officer.post(reverse("people:end-role", args=[organizer.pk])).status_code == 404
    assert officer.get(reverse("people:roles", args=[OrgUnitFactory().pk])).status_code == 404
    page = officer.get(reverse("people:roles", args=[branch["office"].pk])).content.decode()
    assert organizer.person.name in page
    assert reverse("people:end-role", args=[organizer.pk]) not in page


def test_wrong_days_of_a_role_are_said(client_for, branch):
    officer, today = client_for(branch["officer"]), timezone.localdate()
    day = timedelta(days=1)

    for given in ({"ends_on": today - day}, {"starts_on": today - 9 * day, "ends_on": today - day}, {"starts_on": ""}):
        assert appoint(officer, branch, **given).status_code == 422
    assert not Role.objects.filter(kind="superior").exists()
    appoint(officer, branch, ends_on=today + 5 * day)
    end = reverse("people:end-role", args=[Role.objects.get(kind="superior").pk])
    for last in (today - day, today + 6 * day):
        assert officer.post(end, {"last_day": last}).status_code == 422
    assert appoint(officer, branch).status_code == 409


def test_the_page_of_roles_costs_the_same_for_two_or_twenty(client_for, branch, queries_of):
    officer = client_for(branch["officer"])

    def look():
        assert officer.get(reverse("people:roles", args=[branch["office"].pk])).status_code == 200

    for _ in range(2):
        RoleFactory(unit=branch["office"], kind="superior")
    look()
    few = queries_of(look)
    for _ in range(18):
        RoleFactory(unit=branch["office"], kind="superior")

    assert queries_of(look) == few
