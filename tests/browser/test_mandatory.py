"""Mandatory training as people see it: from the plan to the page of whom it asks, and of her superior."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from lms.enrollment import services
from lms.enrollment.models import Due, Plan
from lms.people.models import Role
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Pelatihan Pengendalian Gratifikasi dan Penanganan Benturan Kepentingan bagi Seluruh Aparatur Sipil Negara"
NAMES = (
    "Siti Aminah binti Abdurrahman Wahid",
    "Bambang",
    "Ni Luh Putu Ayu Kusumawardhani",
    "Yohanes",
    "Dewi",
    "Rahmat",
)


@pytest.fixture
def office():
    """An office with three schools and people in each."""
    top = OrgUnitFactory(name="Kantor Wilayah Kementerian Agama Provinsi Nusa Tenggara Barat")
    schools = [OrgUnitFactory(parent=top, name=f"Madrasah Aliyah Negeri {n} Lombok Timur") for n in (1, 2, 3)]
    for place, name in enumerate(NAMES):
        MembershipFactory(unit=schools[place % 3], person=PersonFactory(full_name=name), position="Guru Ahli Muda")
    return top


def audience_of(office):
    rule = {"all": [{"kind": "unit", "units": [office.pk]}, {"kind": "employment", "types": ["pns", "pppk"]}]}
    return AudienceFactory(organizer=office, name="Pegawai kantor wilayah dan madrasah", rule=rule)


def test_a_plan_is_made_looked_at_and_put_into_force(visit, office):
    audience_of(office)
    course = CourseFactory(title=LONG, jp=6, published_at=timezone.now())
    CourseFactory(title="Dasar Keamanan Informasi", jp=4, published_at=timezone.now())
    visitor = visit(RoleFactory(unit=office, kind=Role.Kind.ORGANIZER).person)
    page = visitor.open("/mandatory/")
    visitor.look("plans-empty")
    visitor.follow(page.get_by_role("main").get_by_role("link", name="Rencana baru").first)
    visitor.look("plan-new")
    visitor.follow(page.get_by_role("button", name="Lihat siapa yang terkena"))
    visitor.look("plan-errors", again=False)
    page.get_by_label("Judul").fill("Antigratifikasi 2027")
    page.get_by_label("Untuk siapa").select_option(label="Pegawai kantor wilayah dan madrasah (6 orang)")
    page.get_by_role("checkbox", name=course.title).first.check()
    page.get_by_label("pada suatu tanggal").check()
    page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    page.get_by_label("Wajib lagi setiap tahun").check()
    page.locator("[name=yearly_day]").fill("31")
    page.locator("[name=yearly_month]").select_option("1")
    page.get_by_role("button", name="Lihat siapa yang terkena").click()

    expect(page.get_by_role("heading", name="6 orang menjadi wajib")).to_be_visible()
    visitor.look("plan-preview", again=False)
    page.get_by_role("button", name="Berlakukan").click()

    expect(page.get_by_role("heading", name="Antigratifikasi 2027")).to_be_visible()
    assert Due.objects.count() == 6
    visitor.look("plan-begun")
    page.get_by_role("button", name="Akhiri").click()
    page.get_by_role("button", name="Akhiri rencana").click()
    expect(page.get_by_text("diakhiri", exact=True)).to_be_visible()
    assert Plan.objects.get().state == Plan.State.ENDED


def test_who_owes_it_is_seen_excused_and_told(visit, office):
    today = timezone.localdate()
    course = CourseFactory(title=LONG, jp=6, published_at=timezone.now())
    other = CourseFactory(title="Dasar Keamanan Informasi", jp=4, published_at=timezone.now())
    audience = audience_of(office)
    plan = PlanFactory(
        title="Antigratifikasi dan benturan kepentingan 2027",
        organizer=office,
        audience=audience,
        courses=[course, other],
        due_on=today + timedelta(days=12),
    )
    PlanFactory(title="Keamanan informasi", organizer=office, audience=audience, courses=[other], due_days=45)
    late = Due.objects.filter(plan=plan).order_by("pk")[:2]
    Due.objects.filter(pk__in=[due.pk for due in late]).update(due_on=today - timedelta(days=9))
    officer = RoleFactory(unit=office).person
    evidence = ContentFile(b"%PDF-1.7", name="surat.pdf")
    grounds = services.Grounds("Cuti di luar tanggungan negara", today, today + timedelta(days=90), evidence)
    services.exempt(plan, [Due.objects.filter(plan=plan).last().person_id], grounds, by=officer)
    services.remind_due()

    visitor = visit(officer)
    page = visitor.open("/mandatory/")
    visitor.look("plans")
    visitor.open(f"/mandatory/{plan.pk}/")
    expect(page.locator("canvas")).to_be_visible()
    visitor.look("plan")
    visitor.open(f"/mandatory/{plan.pk}/people/")
    visitor.look("plan-people")
    page.get_by_role("checkbox", name="Pilih Bambang").check()
    page.get_by_role("button", name="Bebaskan yang dipilih").click()
    expect(page.get_by_role("heading", name="Bebaskan 1 orang")).to_be_visible()
    visitor.look("exempt")
    page.get_by_label("Alasan").fill("Tugas belajar di luar negeri")
    page.get_by_role("button", name="Bebaskan", exact=True).click()
    expect(page.get_by_text("1 orang dibebaskan.")).to_be_visible()
    visitor.look("exemptions")
    visitor.open(f"/mandatory/{plan.pk}/people/?q=tidak+ada")
    visitor.look("plan-people-nobody")

    learner = visit(late[0].person)
    learner.open("/learn/")
    learner.look("home-mandatory")
    page = learner.open("/mandatory/mine/")
    page.locator(".own-due__why summary").first.click()
    learner.look("mine")
    learner.open("/messages/")
    learner.look("inbox-mandatory")

    superior = visit(RoleFactory(unit=office, kind=Role.Kind.SUPERIOR).person)
    superior.open("/mandatory/team/")
    superior.look("team")
    superior.open("/mandatory/team/?state=done")
    superior.look("team-nobody")
