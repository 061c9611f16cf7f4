import io
from datetime import timedelta

import pytest
import python_calamine
from django.urls import reverse
from django.utils import timezone

from lms.enrollment.models import Enrollment
from lms.jobs.models import Job
from lms.jobs.services import work
from lms.reports import services
from tests.factories.catalog import CourseRunFactory
from tests.factories.certificates import CourseProgressFactory
from tests.factories.enrollment import EnrollmentFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db


class World:
    """A ministry of two provinces with an office each, an officer of the first, and a period with one run."""

    def __init__(self):
        self.ministry = OrgUnitFactory(name="Kementerian")
        self.province, self.other = (OrgUnitFactory(parent=self.ministry, name=f"Kanwil {name}") for name in ("A", "B"))
        self.office = OrgUnitFactory(parent=self.province, name="Kantor A1")
        self.elsewhere = OrgUnitFactory(parent=self.other, name="Kantor B1")
        self.officer = RoleFactory(unit=self.province).person
        self.period = EnrollmentPeriodFactory()
        self.run = CourseRunFactory()
        RunSeatsFactory(run=self.run, period=self.period)

    def enroll(self, unit, count=1, **fields):
        rows = [EnrollmentFactory(unit=unit, run=self.run, period=self.period, **fields) for _ in range(count)]
        services.fold([row.pk for row in rows])
        return rows


@pytest.fixture
def world():
    return World()


def test_an_officer_is_led_to_the_top_of_her_branch(client, world):
    client.force_login(world.officer)

    answer = client.get(reverse("reports:overview"))

    assert answer.url == reverse("reports:unit", args=[world.province.pk])


@pytest.mark.parametrize("page", ["unit", "people"])
def test_another_branch_is_not_found(client, world, page):
    client.force_login(world.officer)

    assert client.get(reverse(f"reports:{page}", args=[world.office.pk])).status_code == 200
    assert client.get(reverse(f"reports:{page}", args=[world.elsewhere.pk])).status_code == 404
    assert client.get(reverse(f"reports:{page}", args=[world.ministry.pk])).status_code == 404


@pytest.mark.parametrize("page", ["unit", "people"])
def test_a_learner_finds_no_report_and_a_stranger_is_asked_to_sign_in(client, world, page):
    address = reverse(f"reports:{page}", args=[world.office.pk])

    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 404
    assert client.get(reverse("reports:overview")).status_code == 404


def test_the_sums_of_the_units_below_and_of_the_unit_itself_add_up(client, world):
    world.enroll(world.office, 3)
    world.enroll(world.province, 2)
    CourseProgressFactory(enrollment=world.enroll(world.office)[0], completed_at=timezone.now())
    services.fold(list(Enrollment.objects.values_list("pk", flat=True)))
    client.force_login(world.officer)

    page = client.get(reverse("reports:unit", args=[world.province.pk]))

    total, rows = page.context["total"], page.context["rows"]
    assert (total.seated, total.completed, total.percent_completed) == (6, 1, 16)
    assert [(row.unit, row.is_own, row.counts.seated) for row in rows] == [
        (world.office, False, 4),
        (world.province, True, 2),
    ]


def test_filters_narrow_sums_and_people_alike(client, world):
    world.enroll(world.office, 2, employment_type="pns")
    world.enroll(world.office, 1, employment_type="pppk")
    client.force_login(world.officer)

    sums = client.get(reverse("reports:unit", args=[world.province.pk]), {"employment_type": "pppk"})
    people = client.get(reverse("reports:people", args=[world.office.pk]), {"employment_type": "pppk"})

    assert sums.context["total"].seated == 1
    assert len(people.context["page"].object_list) == 1


def test_the_newest_open_period_is_shown_until_another_is_chosen(client, world):
    world.enroll(world.office, 2)
    EnrollmentPeriodFactory(opens_at=timezone.now() + timedelta(days=1), title="Periode mendatang")
    newer = EnrollmentPeriodFactory(opens_at=timezone.now(), title="Periode baru")
    client.force_login(world.officer)
    address = reverse("reports:unit", args=[world.province.pk])

    assert client.get(address).context["total"].seated == 0
    assert client.get(address, {"period": world.period.pk}).context["total"].seated == 2
    assert client.get(address, {"period": "all"}).context["total"].seated == 2
    assert newer.title in client.get(address).content.decode()


@pytest.mark.parametrize("query", [{"period": "x"}, {"run": "999999"}, {"standing": "<script>"}, {"page": "zzz"}])
def test_choices_that_do_not_exist_are_left_out(client, world, query):
    client.force_login(world.officer)

    for page in ("unit", "people"):
        assert client.get(reverse(f"reports:{page}", args=[world.province.pk]), query).status_code == 200


def test_a_branch_costs_the_same_for_two_units_or_many(client, world, queries_of):
    client.force_login(world.officer)
    address = reverse("reports:unit", args=[world.province.pk])
    world.enroll(world.office, 2)
    client.get(address)
    few = queries_of(client.get, address)
    for _ in range(20):
        world.enroll(OrgUnitFactory(parent=world.province), 1)

    assert queries_of(client.get, address) == few


def test_a_units_people_cost_the_same_for_two_or_forty(client, world, queries_of):
    client.force_login(world.officer)
    address = reverse("reports:people", args=[world.office.pk])
    world.enroll(world.office, 2)
    client.get(address)
    few = queries_of(client.get, address)
    world.enroll(world.office, 40)

    assert queries_of(client.get, address) == few


def exported(job):
    work(job.pk)
    job.refresh_from_db()
    with job.result.open() as file:
        return file.read()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_branch_is_exported_in_the_background_person_by_person(client, world, ending):
    world.enroll(world.office, 2)
    world.enroll(world.elsewhere, 1)
    client.force_login(world.officer)

    answer = client.post(reverse("reports:export", args=[world.province.pk]), {"format": ending})

    job = Job.objects.get()
    assert answer.url == reverse("jobs:job", args=[job.pk])
    content = exported(job)
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) if ending == "xlsx" else None
    rows = sheet.get_sheet_by_index(0).to_python() if sheet else content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert job.state == Job.State.DONE


def test_a_name_that_looks_like_a_formula_stays_a_name(client, world):
    world.enroll(world.office, 1, person=PersonFactory(full_name="=HYPERLINK(1)"))
    client.force_login(world.officer)
    client.post(reverse("reports:export", args=[world.province.pk]), {"format": "csv"})

    assert "'=HYPERLINK(1)" in exported(Job.objects.get()).decode("utf-8-sig")


def test_nobody_exports_another_branch(client, world):
    client.force_login(world.officer)

    assert client.post(reverse("reports:export", args=[world.elsewhere.pk]), {"format": "csv"}).status_code == 404
    assert client.post(reverse("reports:export", args=[world.province.pk]), {"format": "exe"}).status_code == 404
    assert not Job.objects.exists()
