"""Pages of mandatory training: planners, officers, superiors and everybody's own."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from lms.audit.models import AuditEntry
from lms.enrollment import services
from lms.enrollment.models import Due, Exemption, Plan
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people.models import Role
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db


class Ministry:
    """Two provinces with people, a plan of the whole ministry, and those who look after it."""

    def __init__(self, people=2):
        self.top = OrgUnitFactory()
        self.north, self.south = (OrgUnitFactory(parent=self.top) for _ in range(2))
        self.school = OrgUnitFactory(parent=self.north)
        self.northerners = [MembershipFactory(unit=self.school).person for _ in range(people)]
        self.southerners = [MembershipFactory(unit=self.south).person for _ in range(people)]
        self.planner = RoleFactory(unit=self.top, kind=Role.Kind.ORGANIZER).person
        self.officer = RoleFactory(unit=self.north).person
        self.audience = AudienceFactory(
            organizer=self.top, rule={"all": [{"kind": "unit", "units": [self.top.pk]}]}, name="Semua pegawai"
        )
        self.plan = PlanFactory(organizer=self.top, audience=self.audience, title="Antigratifikasi")


@pytest.fixture
def ministry():
    return Ministry()


@pytest.fixture
def today():
    return timezone.localdate()


def filled(ministry, course, today, **fields):
    return {
        "title": "Keamanan informasi",
        "organizer": ministry.top.pk,
        "audience": ministry.audience.pk,
        "courses": [course.pk],
        "starts_on": today.isoformat(),
        "first": "on",
        "due_on": (today + timedelta(days=20)).isoformat(),
        "reminds_before": "7, 1",
        "reminds_after": "1",
        "escalates_after": "7",
        **fields,
    }


def test_a_plan_is_looked_at_before_it_is_put_into_force(client_for, ministry, today):
    client, course = client_for(ministry.planner), CourseFactory()
    given = filled(ministry, course, today)

    seen = client.post(reverse("enrollment:new-plan"), given | {"preview": "1"})

    assert seen.status_code == 200
    assert seen.context["preview"].due == 4
    assert [(each.day, each.people) for each in seen.context["preview"].days] == [(today + timedelta(days=20), 4)]
    assert Plan.objects.count() == 1
    answer = client.post(reverse("enrollment:new-plan"), given | {"save": "1"})
    plan = Plan.objects.get(title="Keamanan informasi")
    assert answer.url == reverse("enrollment:plan", args=[plan.pk])
    assert (plan.dues.count(), plan.reminds_before) == (4, [7, 1])
    assert AuditEntry.objects.get(action="enrollment.create_plan", target_id=plan.pk).by_id == ministry.planner.pk


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"due_on": ""}, "due_on"),
        ({"first": "days"}, "due_days"),
        ({"first": "never"}, "is_yearly"),
        ({"is_yearly": "1"}, "yearly_month"),
        ({"courses": []}, "courses"),
        ({"reminds_before": "soon"}, "reminds_before"),
        ({"due_on": "2001-01-01"}, "due_on"),
        ({"audience": "0"}, "audience"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client_for, ministry, today, fields, wrong):
    answer = client_for(ministry.planner).post(
        reverse("enrollment:new-plan"), filled(ministry, CourseFactory(), today, **fields) | {"save": "1"}
    )

    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert Plan.objects.count() == 1


def test_a_plan_is_changed_with_what_it_says_filled_in(client_for, ministry, today):
    client = client_for(ministry.planner)
    address = reverse("enrollment:edit-plan", args=[ministry.plan.pk])
    form = client.get(address).context["form"]
    assert form["title"].value() == "Antigratifikasi"
    assert form["first"].value() == "on"

    [course] = ministry.plan.courses.all()
    client.post(address, filled(ministry, course, today, first="days", due_days="45", title="Baru") | {"save": "1"})

    assert set(Due.objects.values_list("due_on", flat=True)) == {today + timedelta(days=45)}
    ministry.plan.refresh_from_db()
    assert ministry.plan.title == "Baru"


def test_an_officer_sees_a_plan_from_above_for_her_branch_and_cannot_change_it(client_for, ministry):
    client = client_for(ministry.officer)

    page = client.get(reverse("enrollment:plan", args=[ministry.plan.pk]))
    listed = client.get(reverse("enrollment:plan-people", args=[ministry.plan.pk]))

    assert page.context["unit"] == ministry.north
    assert page.context["total"].total == 2
    assert [line.unit for line in page.context["lines"]] == [ministry.school]
    assert {line.due.person_id for line in listed.context["lines"]} == {each.pk for each in ministry.northerners}
    assert client.get(reverse("enrollment:edit-plan", args=[ministry.plan.pk])).status_code == 404
    state = reverse("enrollment:plan-state", args=[ministry.plan.pk])
    assert client.post(state, {"step": "end"}).status_code == 404


def test_another_unit_than_her_own_is_not_shown(client_for, ministry):
    page = client_for(ministry.officer).get(
        reverse("enrollment:plan", args=[ministry.plan.pk]), {"unit": ministry.south.pk}
    )

    assert page.context["unit"] == ministry.north


def test_the_list_is_narrowed_by_status_name_and_unit(client_for, ministry):
    client, address = client_for(ministry.planner), reverse("enrollment:plan-people", args=[ministry.plan.pk])
    Due.objects.filter(person=ministry.southerners[0]).update(due_on=timezone.localdate() - timedelta(days=1))

    def names(**query):
        return {line.due.person_id for line in client.get(address, query).context["lines"]}

    assert names(state="overdue") == {ministry.southerners[0].pk}
    assert names(unit=ministry.north.pk) == {each.pk for each in ministry.northerners}
    assert names(q=ministry.northerners[1].full_name) == {ministry.northerners[1].pk}
    assert len(names(state="due")) == 3


def test_the_list_becomes_a_file(client_for, ministry):
    client = client_for(ministry.officer)

    answer = client.post(reverse("enrollment:plan-export", args=[ministry.plan.pk]), {"format": "csv"})

    job = Job.objects.get()
    assert answer.url == reverse("jobs:job", args=[job.pk])
    jobs.work(job.pk)
    job.refresh_from_db()
    text = job.result.read().decode("utf-8-sig")
    assert [each.full_name in text for each in ministry.northerners + ministry.southerners] == [
        True,
        True,
        False,
        False,
    ]


def pdf(name="surat.pdf", content=b"%PDF-1.7 hello"):
    return SimpleUploadedFile(name, content)


def photograph(kind="JPEG"):
    picture, output = Image.new("RGB", (8, 8), "red"), BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    picture.save(output, kind, exif=exif)
    return output.getvalue()


def test_people_are_excused_with_reason_and_evidence(client_for, ministry, today):
    client, address = client_for(ministry.officer), reverse("enrollment:exempt", args=[ministry.plan.pk])
    chosen = {"person": [ministry.northerners[0].pk, ministry.southerners[0].pk]}
    assert client.get(address, chosen).context["number"] == 1

    given = chosen | {"reason": "Tugas belajar", "starts_on": today.isoformat(), "evidence": pdf()}
    client.post(address, given)

    exemption = Exemption.objects.get()
    assert [line.person_id for line in exemption.people.all()] == [ministry.northerners[0].pk]
    assert set(Due.objects.filter(state="excused").values_list("person_id", flat=True)) == {ministry.northerners[0].pk}
    assert exemption.evidence.read() == b"%PDF-1.7 hello"
    sent = client.get(reverse("enrollment:evidence", args=[exemption.pk]))
    assert sent.status_code == 302
    assert client_for(ministry.southerners[0]).get(sent.wsgi_request.path).status_code == 404
    client.post(reverse("enrollment:revoke-exemption", args=[exemption.pk]))
    assert not Due.objects.filter(state="excused").exists()


def test_all_that_the_filters_show_are_excused_at_once(client_for, ministry, today):
    client_for(ministry.planner).post(
        reverse("enrollment:exempt", args=[ministry.plan.pk]),
        {"all": "1", "unit": ministry.south.pk, "reason": "Bencana alam", "starts_on": today.isoformat()},
    )

    assert set(Due.objects.filter(state="excused").values_list("person_id", flat=True)) == {
        each.pk for each in ministry.southerners
    }


def test_an_officer_cannot_open_evidence_that_names_people_of_others(client_for, ministry, today):
    both = [ministry.northerners[0].pk, ministry.southerners[0].pk]
    grounds = services.Grounds("Sakit lama", today, evidence=pdf())
    exemption = services.exempt(ministry.plan, both, grounds, by=ministry.planner)
    client = client_for(ministry.officer)

    assert client.get(reverse("enrollment:evidence", args=[exemption.pk])).status_code == 404
    assert client.post(reverse("enrollment:revoke-exemption", args=[exemption.pk])).status_code == 404
    page = client.get(reverse("enrollment:exemptions", args=[ministry.plan.pk]))
    assert [each.is_hers for each in page.context["page"]] == [False]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("surat.html", b"<script>alert(1)</script>", "kind"),
        ("surat.svg", b"<svg onload='alert(1)'/>", "kind"),
        ("surat.pdf", b"<html>%PDF-</html>", "not_so"),
        ("foto.jpg", b"\xff\xd8\xff no picture", "not_so"),
        ("foto.png", photograph(), "not_so"),
        ("surat.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024), "too_large"),
    ],
)
def test_evidence_that_is_not_what_it_says_is_refused(client_for, ministry, today, name, content, code):
    address = reverse("enrollment:exempt", args=[ministry.plan.pk])
    given = {"person": ministry.northerners[0].pk, "reason": "Sakit", "starts_on": today.isoformat()}

    answer = client_for(ministry.officer).post(address, given | {"evidence": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert [error.code for error in answer.context["form"].errors.as_data()["evidence"]] == [code]
    assert not Exemption.objects.exists()


def test_a_photograph_loses_what_the_telephone_wrote_into_it(client_for, ministry, today):
    given = {"person": ministry.northerners[0].pk, "reason": "Sakit", "starts_on": today.isoformat()}

    client_for(ministry.officer).post(
        reverse("enrollment:exempt", args=[ministry.plan.pk]),
        given | {"evidence": SimpleUploadedFile("../../foto.JPG", photograph())},
    )

    stored = Exemption.objects.get().evidence
    assert b"Camera" not in stored.read()
    assert stored.name.startswith("evidence/")
    assert ".." not in stored.name


def test_a_superior_sees_her_people_and_not_herself(client_for, ministry, today):
    superior = RoleFactory(kind=Role.Kind.SUPERIOR, unit=ministry.north).person
    MembershipFactory(person=superior, unit=ministry.north)
    services.rebuild(ministry.audience.pk)
    services.write_plan(ministry.plan.pk)
    Due.objects.filter(person=ministry.northerners[1]).update(due_on=today - timedelta(days=3))
    client = client_for(superior)

    page = client.get(reverse("enrollment:team"))

    assert [line.due.person_id for line in page.context["lines"]] == [
        ministry.northerners[1].pk,
        ministry.northerners[0].pk,
    ]
    assert page.context["total"].overdue == 1
    late = client.get(reverse("enrollment:team"), {"state": "overdue"})
    assert len(late.context["lines"]) == 1
    assert client_for(ministry.northerners[0]).get(reverse("enrollment:team")).status_code == 404


def test_her_own_page_and_her_home_say_what_to_take_by_when_and_why(client_for, ministry):
    client = client_for(ministry.northerners[0])

    for address in ("enrollment:my-dues", "progress:home"):
        text = client.get(reverse(address)).content.decode()
        assert "Antigratifikasi" in text
        assert "Semua pegawai" in text
        assert f"Hanya untuk pegawai {ministry.top.name}" in text or ministry.top.name in text
    assert "Antigratifikasi" not in client_for(PersonFactory()).get(reverse("progress:home")).content.decode()


def test_a_paused_plan_is_not_on_her_page(client_for, ministry):
    services.pause_plan(ministry.plan, by=ministry.planner)

    page = client_for(ministry.northerners[0]).get(reverse("enrollment:my-dues"))

    assert page.context["open"] == []


def test_pages_cost_the_same_for_two_people_or_two_hundred(client_for, queries_of):
    counted = []
    for people in (2, 40):
        ministry = Ministry(people)
        superior = RoleFactory(kind=Role.Kind.SUPERIOR, unit=ministry.top).person
        planner, leader = client_for(ministry.planner), client_for(superior)
        pages = [
            (planner, reverse("enrollment:plan", args=[ministry.plan.pk])),
            (planner, reverse("enrollment:plan-people", args=[ministry.plan.pk])),
            (planner, reverse("enrollment:plans")),
            (leader, reverse("enrollment:team")),
        ]
        for client, address in pages:
            client.get(address)
        counted.append([queries_of(client.get, address) for client, address in pages])

    assert counted[0] == counted[1]


def test_her_own_page_costs_the_same_for_one_due_or_many(client_for, queries_of, ministry):
    client, address = client_for(ministry.northerners[0]), reverse("enrollment:my-dues")
    client.get(address)
    one = queries_of(client.get, address)
    for _ in range(5):
        PlanFactory(organizer=ministry.top, audience=ministry.audience)

    assert queries_of(client.get, address) == one
