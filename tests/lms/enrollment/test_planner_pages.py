"""The pages of the planner: what they make of what is sent, and what they cost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from lms.enrollment import services
from lms.enrollment.models import ClassSplit, Enrollment, EnrollmentPeriod, PeriodTemplate, RunTemplate, SeatReserve
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people.models import Role
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def unit(db):
    return OrgUnitFactory()


@pytest.fixture
def organizer(unit):
    return RoleFactory(kind=Role.Kind.ORGANIZER, unit=unit).person


@pytest.fixture
def browser(client_for, organizer):
    return client_for(organizer)


@pytest.fixture
def seating(unit):
    return RunSeatsFactory(period=EnrollmentPeriodFactory(organizer=unit), run__organizer=unit, seats=10)


def shares(*rows):
    sent = {"shares-TOTAL_FORMS": len(rows), "shares-INITIAL_FORMS": 0}
    for n, (audience, percent, days) in enumerate(rows):
        sent |= {f"shares-{n}-audience": audience, f"shares-{n}-percent": percent, f"shares-{n}-released_after": days}
    return sent


def template_of(unit, **given):
    return {
        "name": "Reguler",
        "organizer": unit.pk,
        "course": CourseFactory().pk,
        "title": "Angkatan",
        "seats": 500,
        "starts_after": 7,
        "lasts": 30,
        "class_size": 40,
        "audience": "",
        **given,
    }


def runs(*rows, initial=0):
    sent = {"runs-TOTAL_FORMS": len(rows), "runs-INITIAL_FORMS": initial}
    for n, row in enumerate(rows):
        sent |= {f"runs-{n}-{name}": value for name, value in row.items()}
    return sent


def a_run(**given):
    return {
        "course": CourseFactory().pk,
        "title": "Angkatan I",
        "starts": "2027-01-11T08:00",
        "ends": "2027-02-10T23:59",
        "seats": 100,
        "class_size": "",
        "audience": "",
        "source": "",
        **given,
    }


def a_period(unit, **given):
    return {
        "form_key": "0b5f4f3c-8f3e-4f0a-9d4e-0a6d3f5f2a10",
        "days": "0",
        "title": "Triwulan I",
        "opens": "2027-01-04T10:00",
        "closes": "2027-01-07T10:00",
        "zone": "Asia/Jayapura",
        "organizer": unit.pk,
        "offer_hours": "24",
        "audience": "",
        **given,
    }


def test_a_template_is_kept_with_its_shares_and_removed(browser, unit):
    audience = AudienceFactory(organizer=unit)
    sent = template_of(unit) | shares((audience.pk, 30, 2), ("", "", ""))

    answer = browser.post("/planner/templates/new/", sent)

    assert answer.status_code == 302
    template = RunTemplate.objects.get()
    assert [(share.percent, share.released_after) for share in template.reserves.all()] == [(30, 2)]
    again = browser.post("/planner/templates/new/", sent)
    assert again.status_code == 422
    assert "templat dengan nama tersebut" in again.content.decode()
    browser.post(f"/planner/templates/{template.pk}/", {"remove": "1"})
    assert not RunTemplate.objects.exists()


def test_who_plans_for_one_unit_need_not_name_it(browser, unit):
    for address in (
        "/planner/templates/new/",
        "/planner/periods/new/?title=T&opens=2027-01-04T08:00&closes=2027-01-07T08:00&zone=Asia/Jakarta",
    ):
        page = browser.get(address).content.decode()
        assert f'<input type="hidden" name="organizer" value="{unit.pk}"' in page


def test_shares_are_no_more_than_all_seats_and_name_each_audience_once(browser, unit):
    first, second = AudienceFactory(organizer=unit).pk, AudienceFactory(organizer=unit).pk

    for rows in ([(first, 60, ""), (second, 50, "")], [(first, 10, ""), (first, 10, "")], [(first, "", "")]):
        answer = browser.post("/planner/templates/new/", template_of(unit) | shares(*rows))
        assert answer.status_code == 422

    assert not RunTemplate.objects.exists()


def past_period(unit, organizer):
    """A quarter of last year with two runs, one of them with a share, an audience and classes, and a cancelled one."""
    opens_at = datetime(2025, 1, 6, 8, tzinfo=WIB)
    period = EnrollmentPeriodFactory(
        title="Triwulan I 2025", organizer=unit, opens_at=opens_at, closes_at=opens_at + timedelta(days=3, hours=8)
    )
    for number, (audience, size) in enumerate([(AudienceFactory(organizer=unit), 40), (None, None)]):
        starts_at = opens_at + timedelta(days=7 + number)
        run = RunSeatsFactory(
            period=period,
            seats=100,
            audience=audience,
            run__title=f"Angkatan {number + 1} 2025",
            run__organizer=unit,
            run__starts_at=starts_at,
            run__ends_at=starts_at + timedelta(days=29),
        ).run
        services.split_run(run, size, by=organizer)
    share = AudienceFactory(organizer=unit)
    services.reserve_seats(run, share, 30, releases_at=opens_at + timedelta(days=2), by=organizer)
    RunSeatsFactory(period=period, run__is_cancelled=True)
    return period


def test_a_period_becomes_a_template_with_its_runs(browser, unit, organizer):
    period = past_period(unit, organizer)

    answer = browser.post(f"/planner/periods/{period.pk}/template/", {"name": "Triwulan"})

    template = PeriodTemplate.objects.get()
    assert answer.url == f"/planner/templates/periods/{template.pk}/"
    assert (template.title, template.stays_open) == ("Triwulan I {tahun}", timedelta(days=3, hours=8))
    first, second = template.runs.order_by("starts_after")
    assert (first.title, first.seats, first.starts_after, first.lasts) == ("Angkatan 1 {tahun}", 100, 7, 30)
    assert (first.class_size, second.class_size, second.audience) == (40, None, None)
    assert [(share.percent, share.released_after) for share in second.reserves.all()] == [(30, 2)]
    page = browser.get("/planner/templates/").content.decode()
    assert "Triwulan" in page
    assert "Angkatan 1" not in page
    assert "Angkatan 1" in browser.get(answer.url).content.decode()
    assert browser.post(f"/planner/periods/{period.pk}/template/", {"name": "Triwulan"}).status_code == 422


def test_a_period_is_made_from_a_template_with_its_days_years_and_shares(browser, unit, organizer):
    browser.post(f"/planner/periods/{past_period(unit, organizer).pk}/template/", {"name": "Triwulan"})
    template = PeriodTemplate.objects.get()
    address = f"/planner/templates/periods/{template.pk}/use/"
    asked = {"title": "Triwulan I 2027", "opens": "2027-01-04T08:00", "zone": "Asia/Jakarta"}

    first = browser.get(address)
    second = browser.get(address, asked)

    assert first.status_code == 200
    form, drafts = second.context["form"], second.context["drafts"]
    assert form["closes"].value() == datetime(2027, 1, 7, 16)
    assert [draft["title"].value() for draft in drafts] == ["Angkatan 1 2027", "Angkatan 2 2027"]
    assert drafts[0]["starts"].value() == datetime(2027, 1, 11, 8)
    rows = [
        a_run(title=draft["title"].value(), audience=draft["audience"].value() or "", source=draft["source"].value())
        for draft in drafts
    ]
    browser.post(address, a_period(unit, zone="Asia/Jakarta", opens="2027-01-04T08:00") | runs(*rows))
    made = EnrollmentPeriod.objects.get(title="Triwulan I")
    assert made.seatings.count() == 2
    reserve = SeatReserve.objects.get(seating__period=made)
    assert (reserve.seats, reserve.releases_at) == (30, datetime(2027, 1, 6, 8, tzinfo=WIB))


def test_a_template_of_a_period_is_removed_and_those_of_others_do_not_exist(browser, unit, organizer):
    browser.post(f"/planner/periods/{past_period(unit, organizer).pk}/template/", {"name": "Triwulan"})
    theirs = services.keep_period_template(
        PeriodTemplate(name="T", organizer=OrgUnitFactory(), title="T", stays_open=timedelta(days=1)), [], by=organizer
    )

    browser.post(f"/planner/templates/periods/{PeriodTemplate.objects.get(organizer=unit).pk}/")

    assert not RunTemplate.objects.exists()
    for page in ("", "use/"):
        assert browser.get(f"/planner/templates/periods/{theirs.pk}/{page}").status_code == 404
    assert browser.get("/planner/templates/").status_code == 200


def test_saving_a_period_as_a_template_and_listing_costs_the_same_for_few_runs_or_many(
    browser, unit, organizer, queries_of
):
    def save(name, runs):
        period = past_period(unit, organizer)
        for _ in range(runs):
            seating = RunSeatsFactory(period=period, seats=10, run__organizer=unit)
            services.reserve_seats(seating.run, AudienceFactory(organizer=unit), 2, releases_at=None, by=organizer)
        return queries_of(browser.post, f"/planner/periods/{period.pk}/template/", {"name": name})

    few = save("Satu", 1)
    browser.get("/planner/templates/")
    look = queries_of(browser.get, "/planner/templates/")
    assert save("Dua", 20) == few
    assert queries_of(browser.get, "/planner/templates/") == look


def test_a_period_opens_by_the_clock_of_the_zone_that_was_given(browser, unit):
    sent = a_period(unit) | runs(a_run(class_size=40), {"course": "", "title": "", "seats": "", "source": ""})

    for _twice in range(2):
        answer = browser.post("/planner/periods/new/", sent)
        assert answer.status_code == 302

    period = EnrollmentPeriod.objects.get()
    assert period.opens_at.isoformat() == "2027-01-04T01:00:00+00:00"
    assert period.seatings.get().run.starts_at.isoformat() == "2027-01-10T23:00:00+00:00"
    assert ClassSplit.objects.get().size == 40


def test_a_moment_is_shown_by_the_readers_clock_and_the_capitals(browser, unit):
    session = browser.session
    session["time_zone"] = "Asia/Makassar"
    session.save()
    sent = a_period(unit) | runs(a_run()) | {"add": "1"}

    page = browser.post("/planner/periods/new/", sent).content.decode()
    typed = {"field": "runs-0-starts", "runs-0-starts": "2027-01-11T08:00", "zone": "Asia/Jayapura"}
    answers = [
        browser.get("/planner/clocks/", typed | change).content.decode()
        for change in ({}, {"runs-0-starts": ""}, {"runs-0-starts": "soon"}, {"zone": "Mars/Olympus"})
    ]

    assert "4 Januari 2027 pukul 09.00 WITA (08.00 WIB)" in page
    assert "11 Januari 2027 pukul 07.00 WITA (06.00 WIB)" in page
    assert answers == ["11 Januari 2027 pukul 07.00 WITA (06.00 WIB)", "", "", ""]


def test_shares_of_a_template_are_reckoned_from_the_seats_that_were_given(browser, unit):
    audience = AudienceFactory(organizer=unit)
    browser.post("/planner/templates/new/", template_of(unit) | shares((audience.pk, 30, 2)))
    template = RunTemplate.objects.get()
    asked = {"title": "T", "opens": "2027-01-04T08:00", "closes": "2027-01-07T08:00", "zone": "Asia/Jakarta"}
    page = browser.get("/planner/periods/new/", asked | {f"copies-{template.pk}": 8})
    assert page.content.count(b"planner-draft") >= 8

    browser.post("/planner/periods/new/", a_period(unit) | runs(a_run(seats=200, source=f"template-{template.pk}")))

    reserve = SeatReserve.objects.get()
    assert reserve.seats == 60
    assert reserve.releases_at == EnrollmentPeriod.objects.get().opens_at + timedelta(days=2)


def test_shares_of_a_template_or_run_of_others_are_not_taken_over(browser, unit):
    theirs = RunSeatsFactory(seats=10)
    services.reserve_seats(theirs.run, AudienceFactory(), 5, releases_at=None, by=PersonFactory())

    browser.post("/planner/periods/new/", a_period(unit) | runs(a_run(source=f"run-{theirs.pk}")))

    assert EnrollmentPeriod.objects.filter(title="Triwulan I").exists()
    assert SeatReserve.objects.count() == 1


def test_a_clone_takes_over_what_was_reserved_in_proportion(browser, unit, seating, organizer):
    services.reserve_seats(seating.run, AudienceFactory(organizer=unit), 4, releases_at=None, by=organizer)
    page = browser.get(f"/planner/periods/{seating.period_id}/clone/?shift=0&days=10")
    assert page.status_code == 200

    sent = a_period(unit, days="10") | runs(a_run(seats=100, source=f"run-{seating.pk}"), initial=1)
    browser.post(f"/planner/periods/{seating.period_id}/clone/", sent)

    assert SeatReserve.objects.latest("pk").seats == 40


def test_what_is_wrong_is_said_and_nothing_is_made(browser, unit):
    bad = a_run(ends="2027-01-01T08:00")

    answers = [
        browser.post("/planner/periods/new/", a_period(unit) | runs(bad)),
        browser.post("/planner/periods/new/", a_period(unit, closes="2027-01-01T08:00") | runs(a_run())),
        browser.post("/planner/periods/new/", a_period(unit, opens="yesterday") | runs(a_run())),
        browser.post("/planner/periods/new/", a_period(unit, organizer=OrgUnitFactory().pk) | runs(a_run())),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert not EnrollmentPeriod.objects.exists()


def test_another_run_is_added_to_the_form_without_saving(browser, unit):
    answer = browser.post("/planner/periods/new/", a_period(unit) | runs(a_run()) | {"add": "1"})

    assert answer.status_code == 200
    assert b"runs-1-title" in answer.content
    assert not EnrollmentPeriod.objects.exists()


def test_runs_are_added_to_a_period_and_changed(browser, unit, seating):
    browser.post(f"/planner/periods/{seating.period_id}/runs/", runs(a_run(), a_run()))
    assert seating.period.seatings.count() == 3

    changed = {"title": "Angkatan baru", "seats": "20", "class_size": "5", "audience": ""}
    changed |= {"starts": "2027-01-11T08:00", "ends": "2027-02-10T23:59", "zone": "Asia/Makassar"}
    assert browser.post(f"/planner/runs/{seating.pk}/change/", changed).status_code == 302

    seating.refresh_from_db()
    assert (seating.seats, seating.run.title, seating.run.class_split.size) == (20, "Angkatan baru", 5)
    assert seating.run.starts_at.isoformat() == "2027-01-11T00:00:00+00:00"


def test_the_days_of_a_run_are_not_offered_for_change_once_people_have_places(browser, seating):
    services.place(seating.pk, [PersonFactory().pk])
    before = seating.run.starts_at

    page = browser.get(f"/planner/runs/{seating.pk}/change/").content.decode()
    sent = {"title": "Angkatan baru", "seats": "20", "class_size": "", "audience": "", "starts": "2027-01-11T08:00"}
    browser.post(f"/planner/runs/{seating.pk}/change/", sent)

    assert 'name="starts"' not in page
    seating.run.refresh_from_db()
    assert (seating.run.title, seating.run.starts_at) == ("Angkatan baru", before)


def test_fewer_seats_than_taken_are_refused_and_nothing_else_is_changed(browser, seating):
    services.place(seating.pk, [PersonFactory().pk for _ in range(5)])
    sent = {"title": "Angkatan baru", "seats": "3", "class_size": "", "audience": ""}

    assert browser.post(f"/planner/runs/{seating.pk}/change/", sent).status_code == 409

    seating.run.refresh_from_db()
    assert seating.run.title != "Angkatan baru"


def test_seats_are_kept_and_released(browser, unit, seating):
    audience = AudienceFactory(organizer=unit)
    sent = {"audience": audience.pk, "seats": 4, "until": "2027-01-05T08:00", "zone": "Asia/Jakarta"}
    browser.post(f"/planner/runs/{seating.pk}/reserves/", sent)
    seating.refresh_from_db()
    assert seating.held == 4

    browser.post(f"/planner/runs/{seating.pk}/reserves/", {"release": SeatReserve.objects.get().pk})

    seating.refresh_from_db()
    assert seating.held == 0


def test_a_run_that_people_are_in_is_cancelled_by_a_job_that_asks_for_their_number(browser, seating):
    people = [MembershipFactory().person for _ in range(60)]
    services.place(seating.pk, [person.pk for person in people])
    browser.post(f"/planner/runs/{seating.pk}/cancel/", {"reason": "Narasumber berhalangan"})
    job = Job.objects.get()
    jobs.work(job.pk)

    assert browser.post(f"/jobs/{job.pk}/confirm/", {"typed": ""}).status_code == 409
    browser.post(f"/jobs/{job.pk}/confirm/", {"typed": "60"})
    jobs.work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.counts["ended"]) == ("done", 60)
    assert Enrollment.objects.filter(is_cancelled=True).count() == 60


def test_a_run_that_nobody_is_in_is_cancelled_at_once(browser, seating):
    answer = browser.post(f"/planner/periods/{seating.period_id}/cancel/", {"reason": "Tidak jadi"})

    assert answer.status_code == 302
    seating.refresh_from_db()
    assert seating.run.is_cancelled
    assert not Job.objects.exists()


def test_a_job_cancels_no_run_that_has_left_the_branch(organizer, seating):
    services.place(seating.pk, [PersonFactory().pk])
    job = jobs.create("enrollment.cancel", organizer, {"runs": [seating.pk], "reason": "x"})
    Role.objects.all().delete()

    jobs.work(job.pk)

    job.refresh_from_db()
    assert job.state == "refused"


def test_arrivals_go_to_a_file_in_which_no_name_is_a_formula(browser, seating):
    services.place(seating.pk, [PersonFactory(full_name="=1+1").pk, PersonFactory().pk])
    answer = browser.post(f"/planner/runs/{seating.pk}/arrivals/export/", {"format": "csv"})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"

    jobs.work(job.pk)

    job.refresh_from_db()
    text = job.result.read().decode("utf-8-sig")
    assert "'=1+1" in text
    assert len(text.splitlines()) == 3


def test_an_instructor_is_found_by_a_whole_address_and_never_by_a_number(browser, seating):
    services.split_run(seating.run, 5, by=PersonFactory())
    services.place(seating.pk, [PersonFactory().pk])
    services.fill_classes(seating.pk)
    group = seating.run.classes.get()
    teacher = PersonFactory(email="guru@kementerian.test")

    for login, status in (("198501012010011900", 422), ("guru", 422), ("Guru@kementerian.test", 302)):
        sent = {"class": group.pk, "login": login}
        assert browser.post(f"/planner/runs/{seating.pk}/classes/", sent).status_code == status

    group.refresh_from_db()
    assert group.instructor == teacher


def test_the_entry_for_a_calendar_says_when_and_is_taken_back_when_the_run_is_cancelled(client_for, seating):
    person = MembershipFactory().person
    place = services.enroll(person, seating.run)
    address = f"/enrollments/{place.pk}/calendar.ics"
    entry = Calendar.from_ical(client_for(person).get(address).content).walk("VEVENT")[0]
    assert entry["dtstart"].dt == seating.run.starts_at.replace(microsecond=0)
    assert entry["summary"] == seating.run.course.title
    assert entry["status"] == "CONFIRMED"
    assert len(entry.walk("VALARM")) == 2

    services.cancel_runs([seating.pk], reason="x", by=person)
    services.end_places(seating.pk, by=person)

    later = Calendar.from_ical(client_for(person).get(address).content).walk("VEVENT")[0]
    assert later["status"] == "CANCELLED"
    assert later["uid"] == entry["uid"]
    assert later["sequence"] > entry["sequence"]


def test_the_page_of_a_period_costs_the_same_for_two_or_twenty_runs(browser, unit, queries_of):
    period = EnrollmentPeriodFactory(organizer=unit)

    def offer(count):
        for _ in range(count):
            seating = RunSeatsFactory(period=period, seats=10, audience=AudienceFactory(organizer=unit))
            services.reserve_seats(seating.run, AudienceFactory(), 2, releases_at=None, by=PersonFactory())

    def look():
        assert browser.get(f"/planner/periods/{period.pk}/").status_code == 200

    offer(2)
    look()
    few = queries_of(look)
    offer(18)

    assert queries_of(look) == few


def test_a_form_of_two_or_twenty_runs_costs_the_same(browser, unit, queries_of):
    for _ in range(20):
        AudienceFactory(organizer=unit)

    def send(count):
        browser.post("/planner/periods/new/", a_period(unit) | runs(*[row] * count) | {"add": "1"})

    row = a_run()
    send(1)

    assert queries_of(send, 2) == queries_of(send, 20)


def test_lists_of_classes_and_arrivals_cost_the_same_for_few_or_many(browser, seating, queries_of, client_for):
    services.split_run(seating.run, 1, by=PersonFactory())
    teacher = PersonFactory()

    def fill(count):
        services.change_seats(seating.run, None, by=teacher)
        services.place(seating.pk, [MembershipFactory().person.pk for _ in range(count)])
        services.fill_classes(seating.pk)
        for group in seating.run.classes.filter(instructor=None):
            services.appoint(group, teacher, by=teacher)

    def look():
        for page in ("classes", "arrivals"):
            assert browser.get(f"/planner/runs/{seating.pk}/{page}/").status_code == 200
        assert client_for(teacher).get("/classes/").status_code == 200

    fill(2)
    look()
    few = queries_of(look)
    fill(10)
    look()

    assert queries_of(look) == few


def test_periods_of_other_branches_do_not_exist_here(browser):
    other = RunSeatsFactory(period=EnrollmentPeriodFactory(opens_at=timezone.now() - timedelta(days=1)))

    for address in (f"/planner/periods/{other.period_id}/", f"/planner/runs/{other.pk}/arrivals/"):
        assert browser.get(address).status_code == 404
