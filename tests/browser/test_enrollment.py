"""Enrollment as people see it: the opening of a run, places and offers, the inbox, lists from upload to undoing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from lms.enrollment import services
from lms.enrollment.models import Enrollment
from lms.events.services import deliver
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people.models import Role
from tests.factories.enrollment import EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)


def opening_in(seconds, **seats):
    now = timezone.now()
    period = EnrollmentPeriodFactory(opens_at=now + timedelta(seconds=seconds), closes_at=now + timedelta(days=3))
    return RunSeatsFactory(
        period=period, run__title="Angkatan XII bagi Penghulu dan Penyuluh se-Indonesia", **seats
    ).run


def test_the_button_becomes_active_at_the_opening_and_a_lost_line_costs_nothing(visit):
    run = opening_in(40, seats=500)
    visitor = visit(MembershipFactory().person)
    page = visitor.open(f"/runs/{run.pk}/")
    visitor.look("rush-before")
    expect(page.locator("[data-rush-button]")).to_be_disabled()
    expect(page.locator("[data-rush-clock]")).to_have_text(re.compile(r"00:00:\d\d"))

    expect(page.locator("[data-rush-button]")).to_be_enabled()
    lost = []

    def lose_once(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.request)
            route.abort()

    page.route("**/enroll/", lose_once)
    with visitor.refused():
        page.locator("[data-rush-button]").click()
        expect(page.get_by_role("heading", name="Anda terdaftar")).to_be_visible()

    assert len(lost) == 1
    assert Enrollment.objects.get(run=run).arrival == 1
    visitor.look("rush-seated")


def test_without_script_the_page_of_the_queue_asks_again_by_itself(visit, settings):
    run = opening_in(-60, seats=5)
    visitor = visit(MembershipFactory().person)
    settings.CLICKS_AT_ONCE = 0
    state: Any = visitor.context.storage_state()
    context = visitor.context.browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{visitor.url}/runs/{run.pk}/")

    page.get_by_role("button", name="Daftar").click()
    expect(page.get_by_role("heading", name="Dalam antrean")).to_be_visible()
    if visitor.shots:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=visitor.shots / f"queued-{width}.png", full_page=True)
    settings.CLICKS_AT_ONCE = 10
    expect(page.get_by_role("heading", name="Anda terdaftar")).to_be_visible()

    context.close()
    assert Enrollment.objects.get(run=run).status == "seated"


def test_an_open_page_hears_that_the_run_was_cancelled(visit):
    run = opening_in(-60, seats=5)
    visitor = visit(MembershipFactory().person)
    page = visitor.open(f"/runs/{run.pk}/")
    expect(page.locator("[data-rush-button]")).to_be_enabled()

    run.is_cancelled = True
    run.save()

    expect(page.locator("[data-rush-button]")).to_have_count(0)
    visitor.look("rush-cancelled")


def test_waiting_and_offered_places_are_said_everywhere(visit):
    run = RunSeatsFactory(seats=1, period__offer_hours=24).run
    first, person, last = (services.enroll(MembershipFactory().person, run) for _ in range(3))
    waiting = visit(last.person)
    waiting.open(f"/runs/{run.pk}/")
    waiting.look("place-waiting")
    services.withdraw(first, by=first.person)
    while deliver():
        pass

    visitor = visit(person.person)
    visitor.open("/learn/")
    visitor.look("home-offer")
    visitor.open(f"/courses/{run.course.slug}/")
    visitor.look("course-offer")
    visitor.open("/messages/")
    visitor.look("inbox")
    page = visitor.open(f"/runs/{run.pk}/")
    visitor.look("place-offered")
    page.get_by_role("button", name="Terima kursi").click()

    expect(page.get_by_role("heading", name="Anda terdaftar")).to_be_visible()
    nobody = visit(PersonFactory())
    nobody.open("/messages/")
    nobody.look("inbox-empty")


def test_a_list_goes_from_the_upload_to_its_undoing(visit):
    ministry = OrgUnitFactory(name="Kantor Wilayah Kementerian Contoh Provinsi Nusa Tenggara Timur")
    officer = RoleFactory(kind=Role.Kind.HR_OFFICER, unit=ministry).person
    run = RunSeatsFactory(seats=20).run
    people = [MembershipFactory(unit=ministry).person for _ in range(30)]
    elsewhere = MembershipFactory(unit=ministry).person
    services.enroll(elsewhere, RunSeatsFactory(period=run.seating.period).run, by=officer)
    bad = [";1.98E+17", ";123", ";", "nobody@example.test;", f"{people[0].email};", f"{elsewhere.email};"] * 4
    text = "Email;NIP;Catatan\n" + "".join(f"{each.email};;ya\n" for each in people)
    text += "".join(f"{line};x\n" for line in bad)
    visitor = visit(officer)
    visitor.open("/people/")
    visitor.look("people-actions")
    page = visitor.open("/enrollments/upload/")
    visitor.look("list-upload")
    visitor.follow(page.get_by_role("button", name="Unggah dan periksa"))
    visitor.look("list-upload-empty", again=False)

    page.select_option("[name=run]", str(run.pk))
    page.set_input_files("[name=file]", {"name": "daftar.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Unggah dan periksa").click()
    job = Job.objects.latest("pk")
    jobs.work(job.pk)
    page = visitor.open(f"/jobs/{job.pk}/")
    visitor.look("list-checked")
    page.fill("[name=typed]", "29")
    with visitor.refused():
        page.locator("form:has([name=typed]) button[type=submit]").click()
        visitor.look("list-wrong-number", again=False)
    page = visitor.open(f"/jobs/{job.pk}/")
    page.fill("[name=typed]", "30")
    page.locator("form:has([name=typed]) button[type=submit]").click()
    page.wait_for_load_state()
    jobs.work(job.pk)
    visitor.open(f"/jobs/{job.pk}/")
    visitor.look("list-done")

    assert Enrollment.objects.filter(run=run).count() == 30
    jobs.undo(Job.objects.get(pk=job.pk), by=officer)
    jobs.work(job.pk)
    visitor.open(f"/jobs/{job.pk}/")
    visitor.look("list-undone")
    assert not Enrollment.objects.live().filter(run=run).exists()


def test_a_run_that_is_for_others_says_so(visit):
    run = RunSeatsFactory().run
    unit = OrgUnitFactory()
    audience = services.create_audience(
        "Penghulu", unit, {"all": [{"kind": "sex", "sex": "f"}, {"kind": "age", "at_least": 35}]}, by=None
    )
    services.open_to(run.seating, audience, by=None)
    visitor = visit(MembershipFactory(person__sex="m").person)

    visitor.open(f"/runs/{run.pk}/")
    visitor.look("rush-not-for-you")

    expect(visitor.page.locator("[data-rush-button]")).to_have_count(0)


def test_a_file_that_is_no_list_says_what_to_do(visit):
    officer = RoleFactory(kind=Role.Kind.HR_OFFICER).person
    run = RunSeatsFactory().run
    job = jobs.create("enrollment", officer, {"run": run.pk}, source=ContentFile(b"%PDF-1.4", "daftar.csv"))
    jobs.work(job.pk)
    visitor = visit(officer)

    visitor.open(f"/jobs/{job.pk}/")
    visitor.look("list-refused")

    assert Job.objects.get().state == Job.State.REFUSED
