import csv
import io
from random import Random

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from lms.enrollment import queries, services
from lms.enrollment.mass_enrollment import kind as mass
from lms.enrollment.mass_enrollment import result
from lms.enrollment.models import Enrollment, ListedPlace, RunSeats, SeatReserve
from lms.enrollment.services import mass as placing
from lms.jobs import queries as job_queries
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people.models import Identifier, Role
from lms.people.services import grant_role, set_identifier
from lms.progress.models import CourseProgress
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import LONG_AGO, MembershipFactory, OrgUnitFactory, PersonFactory, made_up_nip

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry():
    return OrgUnitFactory()


@pytest.fixture
def officer(ministry):
    person = PersonFactory()
    grant_role(person, Role.Kind.HR_OFFICER, ministry, by=None, starts_on=LONG_AGO)
    return person


@pytest.fixture
def run(ministry):
    return RunSeatsFactory().run


@pytest.fixture
def members(ministry):
    return lambda number: [MembershipFactory(unit=ministry).person for _ in range(number)]


def upload(officer, emails, run=None, text=""):
    content = text or "E-mail\n" + "".join(f"{email}\n" for email in emails)
    parameters = {"run": run.pk if run else None}
    job = jobs.create("enrollment", officer, parameters, source=ContentFile(content.encode(), "peserta.csv"))
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def carry_out(job):
    jobs.confirm(job, by=job.by)
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def emails(people):
    return [person.email for person in people]


def lines(file):
    with file.open() as opened:
        return list(csv.reader(io.StringIO(opened.read().decode("utf-8-sig"))))


def codes(job):
    return list(job.problems.order_by("row", "pk").values_list("row", "code"))


def test_checking_a_list_enrolls_nobody_and_says_who_would_get_a_seat(officer, members):
    run = RunSeatsFactory(seats=2).run

    job = upload(officer, emails(members(3)), run)

    assert job.state == Job.State.READY
    assert (job.counts["seated"], job.counts["waiting"], job.counts["to_do"]) == (2, 1, 3)
    assert not Enrollment.objects.exists()


def test_a_list_takes_seats_in_its_order_and_the_rest_waits_in_it(officer, members):
    run = RunSeatsFactory(seats=3).run
    people = members(5)
    people.reverse()

    carry_out(upload(officer, emails(people), run))

    arrived = list(Enrollment.objects.order_by("arrival").values_list("arrival", "person_id", "status"))
    statuses = ["seated"] * 3 + ["waiting"] * 2
    assert arrived == [(n, p.pk, s) for n, (p, s) in enumerate(zip(people, statuses, strict=True), 1)]
    seating = RunSeats.objects.get(run=run)
    assert (seating.taken, seating.waiting, seating.arrivals) == (3, 2, 5)


def test_a_list_arrives_behind_those_who_came_before(officer, members, run):
    early, late = members(2)
    services.enroll(early, run)

    job = carry_out(upload(officer, emails([late, early]), run))

    assert list(Enrollment.objects.order_by("arrival").values_list("person_id", flat=True)) == [early.pk, late.pk]
    assert (job.counts["seated"], job.counts["kept"]) == (1, 1)


def test_places_keep_the_unit_and_employment_of_the_day(officer, members, run, ministry):
    carry_out(upload(officer, emails(members(1)), run))

    place = Enrollment.objects.get()
    assert (place.unit_id, place.employment_type, place.seated_at) == (ministry.pk, "pns", place.created_at)


def test_any_number_names_a_person_however_it_is_written(officer, members, run):
    (person,) = members(1)
    nip = made_up_nip()
    set_identifier(person, Identifier.Kind.NIP, nip, LONG_AGO)

    job = carry_out(upload(officer, [], run, text=f"NIP;Nama\n{nip[:8]} {nip[8:14]}.{nip[14:]};Siapa\n"))

    assert job.counts["seated"] == 1
    assert Enrollment.objects.get().person == person


def test_each_row_that_cannot_be_used_says_why(officer, members, run):
    person, elsewhere = members(2)
    other = RunSeatsFactory(period=run.seating.period).run
    services.enroll(elsewhere, other, by=officer)
    stranger = MembershipFactory().person
    rows = [
        f"{person.email};",
        f"{person.email};",
        f"{stranger.email};",
        ";1.98E+17",
        ";123",
        ";",
        f"{elsewhere.email};",
    ]

    job = upload(officer, [], run, text="Email;NIP;Catatan\n" + "".join(f"{row};x\n" for row in rows))

    assert codes(job) == [
        (3, "twice"),
        (4, "person_unknown"),
        (5, "identifier_destroyed"),
        (6, "nip_length"),
        (7, "nobody_named"),
        (8, "one_run_per_period"),
    ]
    assert job.counts["errors"] == 6
    lines = job_queries.problem_lines(job, job.problems.order_by("row"))
    assert "2" in lines[0].text
    assert all(line.text != code for line, (_row, code) in zip(lines, codes(job), strict=True))


def test_a_list_read_in_portions_says_the_same_as_one_read_at_once(officer, members, run, monkeypatch):
    people = emails(members(9))
    rows = [people[0], "nobody", *people[:4], "gone@example.test", "nobody", "nobody", "nobody", *people[3:], "nobody"]
    whole = upload(officer, rows, run)
    for name, number in (("READ_AT_ONCE", 2), ("CHECKED_AT_ONCE", 3), ("PROBLEMS_AT_ONCE", 2)):
        monkeypatch.setattr(mass, name, number)

    portions = upload(officer, rows, run)

    assert (codes(portions), portions.counts, portions.done) == (codes(whole), whole.counts, whole.done)
    assert services.rows_of_list(portions.pk) == services.rows_of_list(whole.pk)


def test_a_list_may_name_the_run_in_each_row(officer, members):
    first, second = RunSeatsFactory().run, RunSeatsFactory().run
    one, two, three = members(3)
    rows = [(one, first.pk), (two, second.pk), (three, 999999999), (one, "")]
    text = "Email,Nomor angkatan\n" + "".join(f"{person.email},{number}\n" for person, number in rows)

    job = upload(officer, [], None, text=text)
    carry_out(job)

    assert codes(job) == [(4, "run_unknown"), (5, "run_missing")]
    assert set(Enrollment.objects.values_list("person", "run")) == {(one.pk, first.pk), (two.pk, second.pk)}


def test_members_of_a_reserves_audience_get_its_seats_from_a_list_too(officer, members):
    period = EnrollmentPeriodFactory()
    run = RunSeatsFactory(seats=2, period=period).run
    people = members(3)
    people[2].sex = "f"
    people[2].save()
    audience = AudienceFactory()
    services.reserve_seats(run, audience, 1, releases_at=None, by=officer)

    job = carry_out(upload(officer, emails(people), run))

    seated = set(Enrollment.objects.seated().values_list("person", flat=True))
    assert seated == {people[0].pk, people[2].pk}
    assert (job.counts["seated"], job.counts["waiting"]) == (2, 1)


def an_audience_of(people):
    return AudienceFactory(rule={"all": [{"kind": "people", "people": [person.pk for person in people]}]})


@pytest.mark.parametrize("seed", range(12))
def test_the_check_foretells_the_seats_of_reserves_exactly(officer, members, seed):
    """Audiences that overlap, seats that run out, places had already: what is foretold is what happens."""
    chance, people = Random(seed), members(14)
    runs = [RunSeatsFactory(seats=chance.randint(6, 9)).run for _ in range(2)]
    for run in runs:
        for _ in range(3):
            group = an_audience_of(chance.sample(people, chance.randint(1, 9)))
            services.reserve_seats(run, group, chance.randint(0, 2), releases_at=None, by=officer)
        services.place(run.pk, [person.pk for person in chance.sample(people, 2)], by=officer, is_assignment=True)
    rows = [(person.email, chance.choice(runs).pk) for person in chance.sample(people, len(people))]
    text = "E-mail,Nomor angkatan\n" + "".join(f"{email},{run}\n" for email, run in rows)

    checked = upload(officer, [], text=text)
    foretold = {word: checked.counts[word] for word in ("seated", "waiting", "kept")}
    done = carry_out(checked)

    assert foretold == {word: done.counts[word] for word in foretold}


def test_the_check_gives_seats_of_a_reserve_that_is_over_to_those_who_wait_first(officer, members):
    run = RunSeatsFactory(seats=3).run
    services.reserve_seats(run, an_audience_of(members(1)), 3, releases_at=None, by=officer)
    services.place(run.pk, [person.pk for person in members(2)], by=officer, is_assignment=True)
    SeatReserve.objects.update(releases_at=timezone.now())

    checked = upload(officer, emails(members(2)), run)

    assert (checked.counts["seated"], checked.counts["waiting"]) == (1, 1)
    assert carry_out(checked).counts["seated"] == 1


def test_a_check_costs_the_same_for_few_rows_and_reserves_or_many(officer, members, queries_of):
    def cost(people, shares):
        run = RunSeatsFactory(seats=20).run
        for _ in range(shares):
            services.reserve_seats(run, an_audience_of(people), 2, releases_at=None, by=officer)
        return queries_of(queries.effects_of_list, upload(officer, emails(people), run).pk)

    assert cost(members(2), 1) == cost(members(100), 4)


def test_people_outside_a_runs_audience_are_named_before_anything_happens(officer, members, run):
    people = members(2)
    people[1].sex = "f"
    people[1].save()
    services.open_to(run.seating, AudienceFactory(), by=officer)

    job = upload(officer, emails(people), run)
    carry_out(job)

    assert codes(job) == [(2, "not_in_audience")]
    assert list(Enrollment.objects.values_list("person", flat=True)) == [people[1].pk]


def test_a_list_costs_the_same_statements_for_two_or_two_hundred(officer, members, run, queries_of):
    few, many = upload(officer, emails(members(2)), run), upload(officer, emails(members(200)), run)

    def place(job):
        services.place_listed(job.pk, services.rows_of_list(job.pk), by=officer)

    assert queries_of(place, few) == queries_of(place, many)
    assert Enrollment.objects.count() == 202


def test_a_list_carried_out_in_portions_is_numbered_as_one(officer, members, run, monkeypatch):
    monkeypatch.setattr(mass, "ENROLLED_AT_ONCE", 3)
    people = members(8)

    job = carry_out(upload(officer, emails(people), run))

    assert list(Enrollment.objects.order_by("arrival").values_list("person_id", flat=True)) == [p.pk for p in people]
    assert job.counts["seated"] == 8


def test_a_list_is_placed_the_same_where_the_database_checks_the_keys_itself(officer, members, run, monkeypatch):
    monkeypatch.setattr(placing, "_may_hold_keys", lambda cursor: False)
    people = members(3)
    people.reverse()

    carry_out(upload(officer, emails(people), run))

    assert list(Enrollment.objects.order_by("arrival").values_list("person_id", flat=True)) == [p.pk for p in people]


@pytest.mark.django_db(transaction=True)
def test_nobody_who_was_deleted_since_the_check_gets_a_place(officer, members, run):
    one, two = members(2)
    job = upload(officer, emails([one, two]), run)
    ListedPlace.objects.filter(job=job, person_id=two.pk).update(person_id=two.pk + 1_000)

    with pytest.raises(IntegrityError):
        services.place_listed(job.pk, services.rows_of_list(job.pk), by=officer)

    assert not Enrollment.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite checks keys itself")
def test_after_a_list_the_database_checks_keys_again(officer, members, run):
    carry_out(upload(officer, emails(members(1)), run))

    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)


def test_the_result_says_what_became_of_each_row(officer, members):
    run = RunSeatsFactory(seats=1).run
    people = members(2)

    job = carry_out(upload(officer, [*emails(people), "nobody@example.test"], run))

    rows = lines(job.result)
    assert [row[1] for row in rows[1:]] == ["1", "2", ""]
    assert [row[2] for row in rows[1:]] == [*emails(people), "nobody@example.test"]
    assert len({row[0] for row in rows[1:]}) == 3
    assert not ListedPlace.objects.filter(job=job).exists()


def test_the_result_tells_of_bad_and_blank_rows_wherever_they_are(officer, members, run, monkeypatch):
    monkeypatch.setattr(mass, "ENROLLED_AT_ONCE", 2)
    monkeypatch.setattr(result, "TOLD_AT_ONCE", 2)
    one, two = emails(members(2))
    rows = [*["nobody"] * 5, one, "", "", "nobody", "", two, *["nobody"] * 5]

    job = carry_out(upload(officer, rows, run))

    told = lines(job.result)[1:]
    assert [row[2] for row in told] == [row for row in rows if row]
    assert [row[1] for row in told if row[1]] == ["1", "2"]
    assert len({row[0] for row in told}) == 2


def test_the_result_tells_of_those_who_had_a_place_as_of_those_who_got_one(officer, members, monkeypatch):
    monkeypatch.setattr(mass, "ENROLLED_AT_ONCE", 2)
    run = RunSeatsFactory(seats=3).run
    people = members(5)
    services.enroll(people[3], run)

    job = carry_out(upload(officer, emails(people), run))

    told = lines(job.result)[1:]
    assert [row[1] for row in told] == ["2", "3", "4", "1", "5"]
    assert [row[0] for row in told] == [told[0][0], told[0][0], told[2][0], told[0][0], told[2][0]]
    assert told[0][0] != told[2][0]


def a_run_that_breaks_off(monkeypatch, at):
    """Let the portion ``at`` (from 1) break off once, after its places were written."""
    portions = iter(range(1, 1_000))
    place = services.place_listed

    def break_off(*args, **kwargs):
        placed = place(*args, **kwargs)
        if next(portions) == at:
            raise ConnectionError
        return placed

    monkeypatch.setattr(services, "place_listed", break_off)


@pytest.mark.parametrize("at", [1, 2, 4])
def test_the_result_of_a_run_that_broke_off_is_that_of_one_that_did_not(officer, members, monkeypatch, at):
    monkeypatch.setattr(mass, "ENROLLED_AT_ONCE", 3)
    rows = emails(members(11))
    rows[4] = "nobody@example.test"
    undisturbed = carry_out(upload(officer, rows, RunSeatsFactory(seats=5).run))
    job = upload(officer, rows, RunSeatsFactory(seats=5).run)
    a_run_that_breaks_off(monkeypatch, at)

    broken = carry_out(job)
    Job.objects.update(claimed_until=None)
    jobs.work(job.pk)

    assert (broken.state, bool(broken.result)) == (Job.State.RUNNING, False)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert lines(job.result) == lines(undisturbed.result)


def test_a_worker_that_dies_at_the_very_end_leaves_the_job_to_be_ended(officer, members, run):
    job = carry_out(upload(officer, emails(members(2)), run))
    Job.objects.update(state=Job.State.RUNNING)

    jobs.work(job.pk)

    after = Job.objects.get(pk=job.pk)
    assert (after.state, after.counts, after.result.name) == (Job.State.DONE, job.counts, job.result.name)


def test_what_became_of_rows_costs_the_same_for_two_or_two_hundred(officer, members, run, queries_of):
    few, many = upload(officer, emails(members(2)), run), upload(officer, emails(members(200)), run)

    def tell(job):
        return list(result.outcomes(job, (1, result.last_row(job))))

    assert queries_of(tell, few) == queries_of(tell, many)


def test_who_took_another_run_since_the_check_is_named_in_the_result(officer, members, run):
    people = members(2)
    job = upload(officer, emails(people), run)
    services.enroll(people[0], RunSeatsFactory(period=run.seating.period).run)

    job = carry_out(job)

    assert codes(job) == [(2, "one_run_per_period")]
    assert (job.counts["seated"], job.counts["errors"]) == (1, 1)
    assert [row[1] for row in lines(job.errors_file)[1:]] == [people[0].email]
    rows = lines(job.result)
    assert rows[1][0] == str(job_queries.problem_lines(job, job.problems.all())[0].text)


def test_a_run_cancelled_since_the_check_is_the_reason_for_each_row(officer, members, run):
    job = upload(officer, emails(members(2)), run)
    run.is_cancelled = True
    run.save()

    job = carry_out(job)

    assert codes(job) == [(2, "run_cancelled"), (3, "run_cancelled")]
    assert not Enrollment.objects.exists()


def test_undoing_withdraws_those_who_have_not_begun(officer, members):
    run = RunSeatsFactory(seats=2).run
    early = members(1)[0]
    services.enroll(early, run)
    people = members(2)
    job = carry_out(upload(officer, emails(people), run))
    (late,) = members(1)
    services.bulk_enroll([late.pk], run, by=officer)

    jobs.undo(job, by=officer)
    jobs.work(job.pk)

    live = dict(Enrollment.objects.live().values_list("person", "status"))
    assert live == {early.pk: "seated", late.pk: "seated"}


def test_undoing_leaves_those_who_have_begun_and_says_how_many(officer, members, run):
    people = members(2)
    job = carry_out(upload(officer, emails(people), run))
    begun = Enrollment.objects.get(person=people[0])
    now = timezone.now()
    CourseProgress.objects.create(enrollment=begun, started_at=now, last_seen_at=now)

    jobs.undo(job, by=officer)
    jobs.work(job.pk)

    job.refresh_from_db()
    assert list(Enrollment.objects.live()) == [begun]
    assert next(tally.count for tally in mass.MassEnrollment().tallies(job)) == 1


def test_a_second_list_finds_the_places_of_the_first(officer, members, run):
    people = members(3)
    carry_out(upload(officer, emails(people), run))

    job = upload(officer, emails(people), run)

    assert (job.counts["kept"], job.counts["to_do"]) == (3, 0)


def test_the_effect_of_a_list_is_counted_in_a_fixed_number_of_queries(officer, members, run, queries_of):
    few, many = upload(officer, emails(members(2)), run), upload(officer, emails(members(50)), run)

    assert queries_of(queries.effects_of_list, few.pk) == queries_of(queries.effects_of_list, many.pk)


def test_officers_find_the_page_and_others_do_not(officer, run, client_for):
    page = reverse("enrollment:mass-enroll")

    assert client_for(officer).get(page).status_code == 200
    assert client_for(PersonFactory()).get(page).status_code == 404
    assert client_for(PersonFactory()).get(f"{page}template.csv").status_code == 404
    assert client_for(officer).get(f"{page}template.xlsx").status_code == 200


def test_a_file_sent_to_the_page_becomes_a_job(officer, run, members, client_for):
    file = ContentFile(f"Email\n{members(1)[0].email}\n".encode(), "daftar.csv")

    answer = client_for(officer).post(reverse("enrollment:mass-enroll"), {"run": run.pk, "file": file})

    job = Job.objects.get()
    assert answer.url == reverse("jobs:job", args=[job.pk])
    assert job.parameters == {"run": run.pk}


def test_a_run_nobody_can_be_enrolled_in_is_refused_with_what_was_typed_kept(officer, run, client_for):
    answer = client_for(officer).post(reverse("enrollment:mass-enroll"), {"run": "12345678"})

    assert answer.status_code == 422
