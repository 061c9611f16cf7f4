"""Audiences in a browser: the list, the editor with and without script, the preview, the page of one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from lms.enrollment import services
from lms.enrollment.models import Audience
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Kantor Kementerian Agama Kabupaten Pegunungan Bintang di Provinsi Papua Pegunungan"


@pytest.fixture
def office():
    ministry = OrgUnitFactory(name="Kementerian Agama")
    return OrgUnitFactory(name="Kantor Wilayah Kementerian Agama Provinsi Papua Pegunungan", parent=ministry)


def test_an_officer_makes_an_audience_without_knowing_a_language_of_rules(visit, office):
    officer = RoleFactory(kind="hr_officer", unit=office).person
    units = [OrgUnitFactory(name=f"{LONG} {number}", parent=office) for number in range(3)]
    course = CourseFactory(title="Moderasi Beragama bagi Pelayan Masyarakat")
    for number in range(24):
        MembershipFactory(unit=units[0], person__full_name=f"Pegawai {number:02}", position="Guru Ahli Pertama")
    visitor = visit(officer)
    page = visitor.open("/audiences/")
    visitor.look("audiences-empty")
    visitor.follow(page.get_by_role("link", name="Sasaran peserta baru").last)
    visitor.look("audience-new")

    page.fill("[name=name]", "Guru di Papua Pegunungan")
    page.get_by_role("button", name="Satuan kerja dan semua di bawahnya").click()
    expect(page.locator("#part-1")).to_be_focused()
    page.get_by_role("searchbox").press_sequentially("bintang")
    page.get_by_label(f"{LONG} 0").check()
    page.get_by_label(f"{LONG} 1").check()
    expect(page.locator(".pick__chip")).to_have_count(2)
    expect(page.locator("#side")).to_contain_text(f"{LONG} 0")
    page.locator("summary", has_text="Tambah syarat").click()
    page.get_by_role("button", name="Pengecualian").click()
    page.locator("#part-2").get_by_role("button", name="Pelatihan yang sudah diikuti").click()
    page.locator("#part-3").get_by_label("sudah menyelesaikan salah satu").check()
    page.locator("#part-3").get_by_role("searchbox").press_sequentially("moderasi")
    page.get_by_label(course.title).check()
    page.get_by_role("combobox", name="Dalam kelompok ini").select_option("none")
    expect(page.locator("#side")).to_contain_text(course.title)
    visitor.look("audience-filled", again=False)
    page.get_by_role("button", name="Pratinjau").last.click()
    expect(page.locator("#preview")).to_contain_text("24")
    visitor.look("audience-preview", again=False)
    page.get_by_role("button", name="Simpan sasaran peserta").click()
    page.wait_for_url(re.compile(r"/audiences/\d+/$"))
    expect(page.locator(".messages")).to_contain_text("24 orang masuk")

    audience = Audience.objects.get()
    assert audience.rule["all"][1] == {"none": [{"kind": "completed", "courses": [course.pk], "done": True}]}
    visitor.look("audience-saved")


def test_a_long_rule_is_edited_and_mistakes_are_said(visit, office):
    officer = RoleFactory(kind="organizer", unit=office).person
    units = [OrgUnitFactory(name=f"{LONG} {number}", parent=office) for number in range(40)]
    people = [MembershipFactory(unit=units[0]).person for _ in range(4)]
    course = CourseFactory(title="Pelayanan Publik bagi Aparatur Sipil Negara di Daerah Terdepan, Terluar, Tertinggal")
    rule = {
        "all": [
            {"kind": "unit", "units": [unit.pk for unit in units]},
            {"any": [{"kind": "unit_type", "types": ["kua"]}, {"kind": "province", "provinces": ["91", "94"]}]},
            {"kind": "grade", "scheme": "pns", "at_least": "III/a", "at_most": "IV/c"},
            {"kind": "position", "words": ["Guru", "Penghulu", "Penyuluh Agama"]},
            {"kind": "employment", "types": ["pns", "pppk"]},
            {"kind": "sex", "sex": "f"},
            {"kind": "age", "at_least": 25},
            {"kind": "joined", "where": "unit", "first_on": "2015-01-01"},
            {"kind": "served", "where": "ministry", "at_least": 30},
            {"kind": "completed", "courses": [course.pk], "done": False},
            {"kind": "hours", "at_most": 19},
            {"none": [{"kind": "people", "people": [person.pk for person in people]}]},
        ]
    }
    audience = services.create_audience("Perempuan dengan nama sasaran yang panjang " * 2, office, rule, by=None)
    AudienceFactory.create_batch(28, organizer=office)
    services.open_to(RunSeatsFactory().period, audience, by=None)
    services.open_to(RunSeatsFactory(), audience, by=None)
    visitor = visit(officer)
    visitor.open("/audiences/")
    visitor.look("audiences")
    visitor.open("/audiences/?q=tidak+ada")
    visitor.look("audiences-none-found")
    visitor.open(f"/audiences/{audience.pk}/")
    visitor.look("audience")
    page = visitor.open(f"/audiences/{audience.pk}/edit/")
    visitor.look("audience-edit")

    page.locator("#id_c9-at_least").fill("70")
    page.locator("#id_c9-at_most").fill("60")
    pasted = page.get_by_label("Tambahkan sekaligus dari daftar")
    pasted.fill("198001012005011001\nsiapa@saja.test")
    # What is said beside the form, with the button in it, follows the last change: a click meanwhile would be lost.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        pasted.blur()
    with visitor.refused():
        page.get_by_role("button", name="Pratinjau").last.click()
        expect(page.get_by_role("alert").first).to_be_focused()
        visitor.look("audience-mistakes", again=False)
    page.locator("#id_c9-at_most").fill("80")
    page.get_by_label("Tambahkan sekaligus dari daftar").fill("")
    page.get_by_role("button", name="Pratinjau").last.click()
    expect(page.locator("#preview")).to_contain_text("Tidak seorang pun memenuhi semua ini")
    visitor.look("audience-nobody", again=False)


def test_a_learner_reads_before_the_click_that_she_may_not_and_why(visit, office):
    course = CourseFactory(title="Moderasi Beragama")
    seating = RunSeatsFactory(run__course=course)
    rule = {
        "all": [
            {"kind": "grade", "scheme": "pns", "at_least": "III/c"},
            {"kind": "position", "words": ["Penghulu"]},
            {"kind": "unit", "units": [OrgUnitFactory(name=LONG).pk]},
            {"any": [{"kind": "sex", "sex": "f"}, {"kind": "hours", "at_least": 20}]},
        ]
    }
    services.open_to(seating, services.create_audience("Penghulu", office, rule, by=None), by=None)
    visitor = visit(MembershipFactory(unit=office, grade="III/a", person__sex="m").person)

    page = visitor.open("/")
    expect(page.locator(".catalog-card__answer")).to_contain_text("Anda tidak dapat mendaftar")
    visitor.look("learner-catalog")
    page = visitor.open(f"/courses/{course.slug}/")
    expect(page.locator("main")).to_contain_text("Anda tidak dapat mendaftar")
    for reason in ("golongan Anda III/a", "Guru Ahli Pertama", LONG, "0 JP"):
        expect(page.locator("main")).to_contain_text(reason)
    visitor.look("learner-course")
    visitor.open(f"/runs/{seating.pk}/")
    visitor.look("learner-run")


def test_the_editor_works_without_script(visit, chromium, office, live_server):
    officer = RoleFactory(kind="hr_officer", unit=office).person
    OrgUnitFactory(name=LONG, parent=office)
    session = Client()
    session.force_login(officer)
    context = chromium.new_context(java_script_enabled=False)
    cookies = {"sessionid": session.cookies["sessionid"].value, "django_language": "id"}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page = context.new_page()

    page.goto(f"{live_server.url}/audiences/new/")
    page.fill("[name=name]", "Tanpa skrip")
    page.get_by_role("button", name="Satuan kerja dan semua di bawahnya").click()
    page.get_by_role("searchbox").fill("bintang")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_label(LONG).check()
    page.get_by_role("button", name="Pratinjau").last.click()
    page.get_by_role("button", name="Simpan sasaran peserta").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Tanpa skrip"
    context.close()


def test_an_audience_of_the_past_is_put_away_and_brought_back(visit, office):
    now = timezone.now()
    name = "Penghulu dan penyuluh angkatan 2024 " * 3
    rule = {"all": [{"kind": "sex", "sex": "f"}]}
    audience = services.create_audience(name, office, rule, by=None)
    past = EnrollmentPeriodFactory(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=5))
    services.open_to(past, audience, by=None)
    visitor = visit(RoleFactory(kind="organizer", unit=office).person)

    page = visitor.open(f"/audiences/{audience.pk}/")
    visitor.look("audience-over")
    page.get_by_role("button", name="Masukkan ke arsip").click()
    page.get_by_role("button", name="Ya, arsipkan").click()
    expect(page.get_by_role("button", name="Kembalikan")).to_be_visible()
    visitor.look("audience-archived")
    visitor.open("/audiences/")
    visitor.look("audiences-all-archived")
    visitor.open("/audiences/?archived")
    visitor.look("audiences-archive")
    page = visitor.open(f"/audiences/{audience.pk}/")
    page.get_by_role("button", name="Kembalikan").click()
    expect(page.get_by_role("link", name="Sunting")).to_be_visible()
    visitor.open("/audiences/?archived")
    visitor.look("audiences-archive-empty")
