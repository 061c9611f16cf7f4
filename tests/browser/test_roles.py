"""Roles as officers give them: a superior is appointed, finds her page, and is relieved."""

import re

import pytest
from playwright.sync_api import expect

from lms.people.models import Role
from tests.factories.enrollment import AudienceFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_officer_appoints_a_superior_who_finds_her_page_and_ends_it(visit):
    ministry = OrgUnitFactory(name="Kementerian")
    unit = OrgUnitFactory(name="Kantor Wilayah Kementerian Agama Provinsi Papua Pegunungan", parent=ministry)
    officer = RoleFactory(kind=Role.Kind.HR_OFFICER, unit=unit).person
    head = MembershipFactory(
        unit=unit, person__full_name="Maria Goreti Wanimbo", person__email="kepala@kanwil.test"
    ).person
    late = MembershipFactory(unit=unit, person__full_name="Yohanes Kogoya").person
    audience = AudienceFactory(organizer=unit, rule={"all": [{"kind": "people", "people": [late.pk]}]})
    PlanFactory(organizer=unit, audience=audience, title="Antigratifikasi 2026")
    visitor = visit(officer)

    page = visitor.open(f"/people/units/{unit.pk}/")
    visitor.look("unit")
    visitor.follow(page.get_by_role("link", name="Peran"))
    visitor.look("roles")
    page.fill("[name=login]", "198001012005011001")
    visitor.follow(page.get_by_role("button", name="Tunjuk"))
    visitor.look("roles-error", again=False)
    page.fill("[name=login]", "kepala@kanwil.test")
    page.fill("[name=ends_on]", "2030-12-31")
    page.get_by_role("button", name="Tunjuk").click()
    expect(page.locator(".messages")).to_contain_text("Maria Goreti Wanimbo")
    for kind in (Role.Kind.ORGANIZER, Role.Kind.AUTHOR):
        RoleFactory(kind=kind, unit=unit, person=PersonFactory(full_name="Siti Aminah binti Abdurrahman Wahid Hasyim"))
    visitor.look("roles-held")

    superior = visit(head)
    page_of_team = superior.open("/learn/")
    page_of_team.get_by_role("link", name="Tim saya").first.click()
    expect(page_of_team.locator("main")).to_contain_text("Yohanes Kogoya")
    superior.look("team-of-the-appointed")

    page = visitor.open(f"/people/units/{unit.pk}/roles/")
    visitor.follow(page.get_by_role("link", name=re.compile("Akhiri")))
    visitor.look("role-end")
    page.get_by_role("button", name="Akhiri peran ini").click()
    page.wait_for_url(re.compile("/roles/$"))
    visitor.look("roles-over")
    administrator = visit(RoleFactory(kind=Role.Kind.ADMINISTRATOR, unit=ministry).person)
    administrator.open(f"/people/units/{unit.pk}/roles/")
    administrator.look("roles-administrator")

    assert not Role.objects.holding().filter(kind=Role.Kind.SUPERIOR).exists()
