"""The planner as organizers see it: a quarter's period from its templates to its cancellation."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lms.enrollment import services
from lms.enrollment.models import Enrollment, EnrollmentPeriod, RunClass, RunTemplate, TemplateReserve
from lms.enrollment.services import NewRun
from lms.events.services import deliver
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people.models import Role
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Pelatihan Penggerak Moderasi Beragama bagi Penghulu dan Penyuluh Agama se-Indonesia Wilayah Timur"


@pytest.fixture
def center(db):
    return OrgUnitFactory(name="Pusat Pendidikan dan Pelatihan Tenaga Teknis Pendidikan dan Keagamaan")


@pytest.fixture
def organizer(center):
    return RoleFactory(kind=Role.Kind.ORGANIZER, unit=center).person


def eight_runs(center, organizer, **window):
    opens_at = window.pop("opens_at", timezone.now() - timedelta(hours=2))
    period = EnrollmentPeriod(
        title="Periode Triwulan I 2026 Pelatihan Jarak Jauh",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=3),
        organizer=center,
        offer_hours=24,
    )
    start = opens_at + timedelta(days=7)
    names = [LONG, "Literasi Digital", "Pelayanan Prima", "Penulisan Karya Tulis Ilmiah"]
    plans = [
        NewRun(
            CourseFactory(title=names[n % 4]).pk,
            f"Angkatan {n + 1} Tahun 2026",
            start + timedelta(days=n),
            start + timedelta(days=30 + n),
            seats=None if n == 7 else 6 + n,
            class_size=4 if n < 2 else None,
        )
        for n in range(8)
    ]
    return services.plan_period(period, plans, by=organizer)


def hear():
    while deliver():
        pass


def test_a_period_of_eight_runs_is_planned_from_templates(visit, center, organizer):
    visitor = visit(organizer)
    visitor.open("/planner/")
    visitor.look("planner-empty")
    visitor.open("/planner/templates/")
    visitor.look("templates-empty")
    CourseFactory(title=LONG)
    audience = AudienceFactory(name="Guru di daerah terpencil, terluar, dan tertinggal", organizer=center)
    page = visitor.open("/planner/templates/new/")
    visitor.follow(page.get_by_role("button", name="Simpan"))
    visitor.look("template-errors", again=False)
    page.fill("[name=name]", "Moderasi beragama, 500 kursi")
    page.select_option("[name=course]", label=LONG)
    page.fill("[name=title]", "Angkatan")
    page.fill("[name=seats]", "500")
    page.fill("[name=class_size]", "40")
    page.select_option("[name=shares-0-audience]", str(audience.pk))
    page.fill("[name=shares-0-percent]", "30")
    page.fill("[name=shares-0-released_after]", "2")
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_url("**/planner/templates/")
    visitor.look("templates")
    template = RunTemplate.objects.get()
    assert TemplateReserve.objects.get().percent == 30

    page = visitor.open("/planner/periods/new/")
    visitor.look("period-start")
    page.fill("[name=title]", "Periode Triwulan I 2027")
    page.fill("[name=opens]", "2027-01-04T08:00")
    page.fill("[name=closes]", "2027-01-07T08:00")
    page.fill(f"[name=copies-{template.pk}]", "8")
    page.get_by_role("button", name="Lanjut ke angkatan").click()
    expect(page.locator(".planner-draft")).to_have_count(8)
    visitor.look("period-draft")
    page.get_by_role("button", name="Angkatan lain").click()
    expect(page.locator(".planner-draft")).to_have_count(9)
    page.locator("[name=runs-0-ends]").fill("2026-12-31T08:00")
    visitor.follow(page.get_by_role("button", name="Buat periode"))
    visitor.look("period-draft-errors", again=False)
    page.locator("[name=runs-0-ends]").fill("2027-02-10T23:59")
    page.locator("[name=runs-8-DELETE]").check()
    page.get_by_role("button", name="Buat periode").click()
    page.wait_for_url(re.compile(r"/planner/periods/\d+/$"))

    period = EnrollmentPeriod.objects.get()
    assert period.opens_at == datetime(2027, 1, 4, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
    seatings = period.seatings.all()
    assert [(each.seats, each.held) for each in seatings] == [(500, 150)] * 8
    visitor.look("period-planned")


def test_last_years_period_is_cloned_to_the_same_weekday(visit, center, organizer):
    opens_at = datetime(2026, 1, 5, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
    before = eight_runs(center, organizer, opens_at=opens_at)
    visitor = visit(organizer)

    page = visitor.open(f"/planner/periods/{before.pk}/clone/")
    visitor.look("clone")
    expect(page.locator("[name=opens]")).to_have_value("2027-01-04T08:00")
    expect(page.locator("[name=runs-0-title]")).to_have_value("Angkatan 1 Tahun 2027")
    page.select_option("[name=shift]", "0")
    page.fill("[name=days]", "10")
    page.get_by_role("button", name="Geser tanggal").click()
    expect(page.locator("[name=opens]")).to_have_value("2026-01-15T08:00")
    page.get_by_role("button", name="Buat periode").click()
    page.wait_for_url(re.compile(r"/planner/periods/\d+/$"))

    clone = EnrollmentPeriod.objects.latest("pk")
    assert clone.opens_at == opens_at + timedelta(days=10)
    assert clone.seatings.count() == 8
    visitor.open("/planner/calendar/?month=2026-01")
    visitor.look("calendar")
    visitor.open("/planner/calendar/?month=2031-01")
    visitor.look("calendar-empty")


def test_an_open_period_is_looked_after_and_its_run_cancelled_with_notice(visit, center, organizer):
    period = eight_runs(center, organizer)
    first = period.seatings.order_by("pk")[0]
    people = [
        MembershipFactory(unit=center, person__full_name=f"Siti Aminah Lubis Binti Abdurrahman Wahid Hasyim {n}").person
        for n in range(60)
    ]
    services.place(first.pk, [person.pk for person in people])
    hear()
    for _n in range(13):
        EnrollmentPeriodFactory(organizer=center)
    visitor = visit(organizer)
    visitor.open("/planner/")
    visitor.look("planner")
    visitor.open(f"/planner/periods/{period.pk}/")
    visitor.look("period")
    for step in ("change", "close", "extend", "runs"):
        visitor.open(f"/planner/periods/{period.pk}/{step}/")
        visitor.look(f"period-{step}")
    page = visitor.open(f"/planner/runs/{first.pk}/")
    visitor.look("run")
    for step in ("change", "extend", "reserves", "arrivals"):
        visitor.open(f"/planner/runs/{first.pk}/{step}/")
        visitor.look(f"run-{step}")
    visitor.open(f"/planner/runs/{first.pk}/arrivals/?q=60")
    expect(page.locator("tbody tr")).to_have_count(1)
    visitor.open(f"/planner/runs/{first.pk}/arrivals/?q=Nobody")
    visitor.look("run-arrivals-nobody")

    instructor = PersonFactory(email="pengajar@kementerian.test")
    page = visitor.open(f"/planner/runs/{first.pk}/classes/")
    page.locator("[name=login]").first.fill("nobody@kementerian.test")
    visitor.follow(page.get_by_role("button", name="Tunjuk").first)
    visitor.look("run-classes-error", again=False)
    page.locator("[name=login]").first.fill("pengajar@kementerian.test")
    page.get_by_role("button", name="Tunjuk").first.click()
    expect(page.get_by_text(instructor.name)).to_be_visible()
    visitor.look("run-classes")
    teacher = visit(instructor)
    teacher.open("/classes/")
    teacher.look("my-classes")
    teacher.open(f"/classes/{RunClass.objects.get(instructor=instructor).pk}/")
    teacher.look("my-class")
    teacher.open("/messages/")
    teacher.look("inbox-teaching")
    learner = visit(people[0])
    learner.open(f"/runs/{first.pk}/")
    learner.look("place-with-class")

    page = visitor.open(f"/planner/runs/{first.pk}/cancel/")
    visitor.look("run-cancel")
    page.fill("[name=reason]", "Narasumber berhalangan; angkatan digabung dengan Angkatan 2.")
    page.get_by_role("button", name="Periksa dan lanjutkan").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/"))
    job = Job.objects.get()
    jobs.work(job.pk)
    page = visitor.open(f"/jobs/{job.pk}/")
    visitor.look("cancel-ready")
    page.fill("[name=typed]", "60")
    page.get_by_role("button", name="Batalkan dan beri tahu semua").click()
    page.wait_for_load_state()
    jobs.work(job.pk)
    visitor.open(f"/jobs/{job.pk}/")
    visitor.look("cancel-done")
    visitor.open(f"/planner/runs/{first.pk}/")
    visitor.look("run-cancelled")

    assert Enrollment.objects.filter(run=first.pk, is_cancelled=True).count() == 60
    learner.open("/messages/")
    learner.look("inbox-cancelled")
    learner.open(f"/runs/{first.pk}/")
    learner.look("place-cancelled")
    teacher.open("/messages/")
    teacher.look("inbox-teaching-cancelled")
    teacher.open("/classes/")
    teacher.look("my-classes-cancelled")
    teacher.open(f"/classes/{RunClass.objects.get(instructor=instructor).pk}/")
    teacher.look("my-class-cancelled")


def test_more_time_is_given_with_a_reason_that_everybody_reads(visit, center, organizer):
    period = eight_runs(center, organizer)
    first = period.seatings.order_by("pk")[0]
    learner, instructor = MembershipFactory(unit=center).person, PersonFactory()
    services.place(first.pk, [learner.pk])
    hear()
    services.appoint(RunClass.objects.get(run=first.pk), instructor, by=organizer)
    visitor = visit(organizer)

    for address in (f"/planner/periods/{period.pk}/extend/", f"/planner/runs/{first.pk}/extend/"):
        page = visitor.open(address)
        page.fill("[name=until]", "2027-03-01T16:00")
        page.fill("[name=reason]", "Banjir di beberapa daerah; peserta perlu waktu untuk menjangkau jaringan kembali.")
        page.get_by_role("button", name="Perpanjang").click()
        expect(page.locator(".messages")).to_contain_text("diberi tahu")
    hear()

    for person, name in ((learner, "inbox-more-time"), (instructor, "inbox-teaching-longer")):
        reader = visit(person)
        page = reader.open("/messages/")
        expect(page.locator("main")).to_contain_text("Tambahan waktu")
        reader.look(name)


def test_a_period_becomes_a_template_and_a_period_again(visit, center, organizer):
    opens_at = datetime(2026, 1, 5, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
    before = eight_runs(center, organizer, opens_at=opens_at)
    audience = AudienceFactory(name="Guru di daerah terpencil, terluar, dan tertinggal", organizer=center)
    seating = before.seatings.order_by("pk")[0]
    services.open_to(seating, audience, by=organizer)
    services.reserve_seats(seating.run, audience, 2, releases_at=None, by=organizer)
    visitor = visit(organizer)

    page = visitor.open(f"/planner/periods/{before.pk}/template/")
    visitor.look("period-keep")
    page.fill("[name=name]", "")
    visitor.follow(page.get_by_role("button", name="Simpan"))
    visitor.look("period-keep-error", again=False)
    page.fill("[name=name]", "Triwulan pelatihan jarak jauh dengan delapan angkatan dan kelas bimbingan")
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_url(re.compile(r"/planner/templates/periods/\d+/$"))
    visitor.look("period-template")
    visitor.open("/planner/templates/")
    visitor.look("templates-of-periods")
    visitor.open("/planner/periods/new/")
    visitor.look("period-start-whole")
    visitor.follow(page.get_by_role("link", name="Triwulan pelatihan"))
    visitor.look("from-template")
    page.fill("[name=opens]", "2027-01-04T10:00")
    page.select_option("[name=zone]", "Asia/Jayapura")
    expect(page.locator(".clock").first).to_have_text("4 Januari 2027 pukul 08.00 WIB")
    page.get_by_role("button", name="Lanjut ke angkatan").click()
    expect(page.locator("[name=runs-0-title]")).to_have_value("Angkatan 1 Tahun 2027")
    expect(page.locator("[name=closes]")).to_have_value("2027-01-07T10:00")
    visitor.look("from-template-draft")
    page.get_by_role("button", name="Buat periode").click()
    page.wait_for_url(re.compile(r"/planner/periods/\d+/$"))

    made = EnrollmentPeriod.objects.latest("pk")
    assert made.opens_at == datetime(2027, 1, 4, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert made.seatings.count() == 8
