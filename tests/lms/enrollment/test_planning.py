"""Periods with their runs: made at once, moved, closed, extended, cancelled."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.models import AuditEntry
from lms.enrollment import errors, queries, services
from lms.enrollment.models import ClassSplit, Enrollment, EnrollmentPeriod, RunSeats, SeatReserve
from lms.enrollment.services import NewReserve, NewRun
from lms.events.services import deliver
from lms.notifications.models import Message
from lms.notifications.queries import text_of
from lms.people.models import Role
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db
WIB = ZoneInfo("Asia/Jakarta")


def an_organizer(unit=None):
    return RoleFactory(kind=Role.Kind.ORGANIZER, **({"unit": unit} if unit else {})).person


def a_period(unit, days=10):
    opens_at = timezone.now() + timedelta(days=days)
    return EnrollmentPeriod(
        title="Periode I", opens_at=opens_at, closes_at=opens_at + timedelta(days=3), organizer=unit
    )


def plans(count, **given):
    course, start = CourseFactory(), timezone.now() + timedelta(days=20)
    return [NewRun(course.pk, f"Angkatan {n}", start, start + timedelta(days=30), **given) for n in range(count)]


def of_run(run):
    return RunSeats.objects.get(run=run)


def test_a_period_is_made_with_all_of_its_runs():
    unit, audience = OrgUnitFactory(), AudienceFactory()
    reserve = NewReserve(audience.pk, 30, timezone.now() + timedelta(days=12))

    period = services.plan_period(
        a_period(unit), plans(8, seats=100, class_size=40, reserves=[reserve]), by=PersonFactory()
    )

    seatings = RunSeats.objects.filter(period=period).select_related("run")
    assert [(each.seats, each.held, each.left, each.run.organizer_id) for each in seatings] == [
        (100, 30, 70, unit.pk)
    ] * 8
    assert SeatReserve.objects.count() == 8
    assert set(ClassSplit.objects.values_list("size", flat=True)) == {40}
    assert AuditEntry.objects.filter(action="enrollment.plan_run").count() == 8


def test_a_period_of_many_runs_costs_as_many_statements_as_one_of_two(queries_of):
    unit, by, audience = OrgUnitFactory(), PersonFactory(), AudienceFactory()
    reserves = [NewReserve(audience.pk, 5)]

    few, many = (
        queries_of(services.plan_period, a_period(unit), plans(n, seats=10, class_size=5, reserves=reserves), by=by)
        for n in (2, 40)
    )

    assert few == many


def test_a_form_that_is_sent_twice_makes_one_period():
    unit, by, key = OrgUnitFactory(), PersonFactory(), uuid4()

    first, second = (services.plan_period(a_period(unit), plans(2), by=by, form_key=key) for _ in range(2))

    assert first == second
    assert CourseRun.objects.count() == 2


def test_no_more_is_reserved_than_there_are_seats():
    reserve = NewReserve(AudienceFactory().pk, 11)

    with pytest.raises(errors.ReserveTooLarge):
        services.plan_period(a_period(OrgUnitFactory()), plans(1, seats=10, reserves=[reserve]), by=PersonFactory())

    assert not EnrollmentPeriod.objects.exists()


def change(period, **changes):
    now = {
        "title": period.title,
        "opens_at": period.opens_at,
        "closes_at": period.closes_at,
        "offer_hours": period.offer_hours,
        "audience": period.audience,
    }
    return services.change_period(period, **{**now, **changes}, by=PersonFactory())


def test_a_window_moves_until_it_opens():
    period = services.plan_period(a_period(OrgUnitFactory()), [], by=PersonFactory())
    earlier = period.opens_at - timedelta(days=1)

    assert change(period, opens_at=earlier, offer_hours=24).opens_at == earlier
    assert AuditEntry.objects.get(action="enrollment.change_period").facts["changes"]["offer_hours"] == [None, 24]
    open_now = EnrollmentPeriodFactory()
    assert change(open_now, title="Another").title == "Another"
    with pytest.raises(errors.PeriodHasOpened):
        change(open_now, closes_at=open_now.closes_at + timedelta(days=1))


def test_a_period_is_closed_early_and_nobody_enrolls_after():
    run, by = RunSeatsFactory().run, PersonFactory()
    period = run.seating.period

    closed = services.close_period(period, reason="Server maintenance", by=by)
    again = services.close_period(period, reason="Once more", by=by)

    assert closed.closes_at == again.closes_at <= timezone.now()
    assert AuditEntry.objects.get(action="enrollment.close_period").facts["reason"] == "Server maintenance"
    with pytest.raises(errors.EnrollmentClosed):
        services.enroll(PersonFactory(), CourseRun.objects.get(pk=run.pk))
    with pytest.raises(errors.PeriodNotOpened):
        services.close_period(EnrollmentPeriodFactory(opens_at=timezone.now() + timedelta(days=1)), reason="x", by=by)


def test_a_period_and_a_run_are_extended_with_a_reason():
    run, by = RunSeatsFactory().run, PersonFactory()
    period, later = run.seating.period, timezone.now() + timedelta(days=60)

    assert services.extend_period(period, later, reason="Floods in Demak", by=by).closes_at == later
    assert services.extend_run(run, later, reason="Floods in Demak", by=by).ends_at == later
    services.extend_run(run, later, reason="again", by=by)

    assert AuditEntry.objects.get(action="enrollment.extend_period").facts["reason"] == "Floods in Demak"
    assert AuditEntry.objects.get(action="enrollment.extend_run").facts["after"] == later.isoformat()
    with pytest.raises(errors.NotLater):
        services.extend_period(period, later - timedelta(days=1), reason="x", by=by)
    with pytest.raises(errors.NotLater):
        services.extend_run(run, later - timedelta(days=1), reason="x", by=by)


def test_the_days_of_a_run_move_while_nobody_has_a_place():
    run, by = RunSeatsFactory().run, PersonFactory()
    starts_at, ends_at = (moment + timedelta(days=3) for moment in (run.starts_at, run.ends_at))

    moved = services.move_run(run, starts_at, ends_at, by=by)
    services.move_run(run, starts_at, ends_at, by=by)
    place = services.enroll(PersonFactory(), moved)

    assert (moved.starts_at, moved.ends_at) == (starts_at, ends_at)
    assert AuditEntry.objects.get(action="enrollment.move_run").facts["after"][0] == starts_at.isoformat()
    with pytest.raises(errors.RunHasPeople):
        services.move_run(run, run.starts_at, ends_at, by=by)
    services.withdraw(place, by=place.person)
    assert services.move_run(run, run.starts_at, ends_at, by=by).starts_at == run.starts_at


def hear_everything():
    while deliver():
        pass


def told(kind):
    return set(Message.objects.filter(kind=f"enrollment.{kind}").values_list("person_id", flat=True))


def finish(place):
    now = timezone.now()
    CourseProgress.objects.create(enrollment=place, started_at=now, last_seen_at=now, completed_at=now)


def instructor_of(run, count=1):
    """Somebody who teaches the first classes of a run."""
    teacher = PersonFactory()
    services.split_run(run, 1, by=teacher)
    services.fill_classes(run.pk)
    for group in run.classes.order_by("number")[:count]:
        services.appoint(group, teacher, by=teacher)
    return teacher


def test_everybody_with_a_place_in_an_extended_period_is_told_once():
    period, by = EnrollmentPeriodFactory(), PersonFactory()
    first, second = (RunSeatsFactory(period=period, seats=2).run for _ in range(2))
    called_off, elsewhere = RunSeatsFactory(period=period).run, RunSeatsFactory().run
    seated, finished, waiting = (services.enroll(PersonFactory(), first) for _ in range(3))
    other, gone = services.enroll(PersonFactory(), second), services.enroll(PersonFactory(), second)
    finish(finished)
    services.withdraw(gone, by=gone.person)
    services.enroll(PersonFactory(), called_off)
    services.cancel_runs([called_off.pk], reason="x", by=by)
    services.enroll(PersonFactory(), elsewhere)
    later = period.closes_at + timedelta(days=1)

    services.extend_period(period, later, reason="Floods in Demak", by=by)
    hear_everything()
    again = services.tell_period_extended(period.pk, later.isoformat(), "Floods in Demak")

    assert told("extended") == {seated.person_id, waiting.person_id, other.person_id}
    assert again == 0
    message = Message.objects.get(person=waiting.person_id, kind="enrollment.extended")
    assert "Floods in Demak" in text_of(message.kind, message.values).body
    assert message.url == f"/runs/{first.pk}/"


def test_each_extension_is_told_but_none_of_an_end_that_has_been_moved_since():
    run, by = RunSeatsFactory().run, PersonFactory()
    period = run.seating.period
    services.enroll(PersonFactory(), run)
    ends = [period.closes_at + timedelta(days=days) for days in (1, 2, 3)]

    services.extend_period(period, ends[0], reason="x", by=by)
    hear_everything()
    services.extend_period(period, ends[1], reason="x", by=by)
    services.extend_period(period, ends[2], reason="x", by=by)
    hear_everything()

    values = Message.objects.filter(kind="enrollment.extended").order_by("pk").values_list("values", flat=True)
    assert [value["closes_at"] for value in values] == [ends[0].isoformat(), ends[2].isoformat()]


def test_more_time_in_a_run_is_told_to_learners_those_who_wait_and_instructors():
    run, by = RunSeatsFactory(seats=2, period__offer_hours=24).run, PersonFactory()
    first, seated, offered, waiting = (services.enroll(PersonFactory(), run) for _ in range(4))
    teacher = instructor_of(run, count=2)
    services.withdraw(first, by=first.person)
    hear_everything()
    later = run.ends_at + timedelta(days=7)

    services.extend_run(run, later, reason="Floods in Demak", by=by)
    hear_everything()

    assert told("more_time") == {seated.person_id, offered.person_id, waiting.person_id}
    assert told("teaching_longer") == {teacher.pk}
    with_entry = Message.objects.get(kind="enrollment.more_time", person=seated.person_id)
    assert with_entry.values["second_url"] == f"/enrollments/{seated.pk}/calendar.ics"
    assert "second_url" not in Message.objects.get(kind="enrollment.more_time", person=waiting.person_id).values


def test_telling_of_an_extension_costs_the_same_for_two_or_two_hundred(queries_of):
    counts = []
    for people in (2, 200):
        run = RunSeatsFactory().run
        services.place(run.pk, [PersonFactory().pk for _ in range(people)])
        closes_at, ends_at = run.seating.period.closes_at.isoformat(), run.ends_at.isoformat()
        counts.append(
            queries_of(services.tell_period_extended, run.seating.period_id, closes_at, "x")
            + queries_of(services.tell_run_extended, run.pk, ends_at, "x")
        )

    assert counts[0] == counts[1]
    assert Message.objects.count() == 404


def test_who_teaches_in_a_cancelled_run_is_told_once_of_all_her_classes():
    run, by = RunSeatsFactory().run, PersonFactory()
    services.place(run.pk, [PersonFactory().pk for _ in range(3)])
    teacher = instructor_of(run, count=3)

    cancel(run, by)
    cancel(run, by)

    message = Message.objects.get(kind="enrollment.teaching_cancelled")
    assert message.person == teacher
    assert "Too few people" in text_of(message.kind, message.values).body


def cancel(run, by, reason="Too few people"):
    services.cancel_runs([run.pk], reason=reason, by=by)
    while services.end_places(run.pk, by=by, limit=2):
        pass


def test_a_cancelled_run_ends_every_place_and_tells_everybody_once():
    audience = AudienceFactory()
    run, by = RunSeatsFactory(seats=3).run, PersonFactory()
    services.reserve_seats(run, audience, 1, releases_at=None, by=by)
    people = [MembershipFactory(person__sex="f").person] + [PersonFactory() for _ in range(5)]
    services.follow_people([people[0].pk], places=True, persons=True, are_new=True)
    places = [services.enroll(person, run) for person in people]
    finished = places[1]
    finish(finished)

    cancel(run, by)
    cancel(run, by)

    rows = Enrollment.objects.filter(run=run).exclude(pk=finished.pk)
    assert set(rows.values_list("status", "is_cancelled")) == {("withdrawn", True)}
    finished.refresh_from_db()
    assert (finished.status, finished.is_cancelled) == ("seated", False)
    seating = of_run(run)
    assert (seating.taken, seating.held, seating.waiting, seating.cancel_reason) == (1, 0, 0, "Too few people")
    messages = Message.objects.filter(kind="enrollment.cancelled")
    assert set(messages.values_list("person_id", flat=True)) == {person.pk for person in people} - {finished.person_id}
    assert "Too few people" in text_of(messages[0].kind, messages[0].values).body
    assert AuditEntry.objects.filter(action="enrollment.cancel_run").count() == 1
    with pytest.raises(errors.RunCancelled):
        services.enroll(PersonFactory(), CourseRun.objects.get(pk=run.pk))


def test_who_was_in_a_cancelled_run_may_choose_another_of_the_period():
    first = RunSeatsFactory().run
    second = RunSeatsFactory(period=first.seating.period).run
    person = PersonFactory()
    services.enroll(person, first)

    cancel(first, PersonFactory())

    assert services.enroll(person, second).status == Enrollment.Status.SEATED


def test_ending_places_costs_the_same_for_two_or_two_hundred(queries_of):
    by = PersonFactory()
    counts = []
    for people in (2, 200):
        run = RunSeatsFactory(seats=max(1, people // 2)).run
        services.place(run.pk, [PersonFactory().pk for _ in range(people)])
        services.cancel_runs([run.pk], reason="x", by=by)
        counts.append(queries_of(services.end_places, run.pk, by=by))

    assert counts[0] == counts[1]
    assert not Enrollment.objects.live().exists()


def test_whom_a_cancellation_concerns_is_counted():
    run = RunSeatsFactory(seats=1, period__offer_hours=24).run
    first, _second, _third = (services.enroll(PersonFactory(), run) for _ in range(3))
    services.withdraw(first, by=first.person)

    concerned = queries.concerned_by([run.pk])

    assert (concerned.seated, concerned.offered, concerned.waiting, concerned.people) == (0, 1, 1, 2)


def test_who_gets_a_seat_is_welcomed_once_and_told_when_it_starts():
    run = RunSeatsFactory(seats=1).run
    first, second = (services.enroll(PersonFactory(), run) for _ in range(2))
    while deliver():
        pass
    services.withdraw(first, by=first.person)
    while deliver():
        pass
    services.welcome([first.pk, second.pk])

    assert list(Message.objects.filter(kind="enrollment.welcome").values_list("person_id", flat=True)) == [
        first.person_id,
        second.person_id,
    ]
    assert Message.objects.filter(kind="enrollment.moved_up", person=second.person_id).count() == 1


def test_who_moves_up_hears_it_in_one_message():
    run = RunSeatsFactory(seats=1).run
    first, second = (services.enroll(PersonFactory(), run) for _ in range(2))

    services.withdraw(first, by=first.person)
    while deliver():
        pass

    kinds = Message.objects.filter(person=second.person_id).values_list("kind", flat=True)
    assert list(kinds) == ["enrollment.moved_up"]


def test_an_organizer_plans_in_her_branch_and_nowhere_else():
    ministry = OrgUnitFactory()
    mine, other = OrgUnitFactory(parent=ministry), OrgUnitFactory(parent=ministry)
    own = EnrollmentPeriodFactory(organizer=OrgUnitFactory(parent=mine))
    RunSeatsFactory(period=own)
    RunSeatsFactory(period=EnrollmentPeriodFactory(organizer=other), run__organizer=other)
    organizer = an_organizer(mine)

    assert list(EnrollmentPeriod.objects.editable_by(organizer)) == [own]
    assert list(RunSeats.objects.editable_by(organizer)) == list(own.seatings.all())
    assert not EnrollmentPeriod.objects.editable_by(RoleFactory(unit=mine, kind="hr_officer").person).exists()


def test_lists_of_periods_cost_the_same_for_two_or_forty(queries_of):
    unit = OrgUnitFactory()
    organizer = an_organizer(unit)

    def lines():
        return queries.lines_of_periods(queries.periods_of(organizer, "running"))

    for _ in range(2):
        RunSeatsFactory(period=EnrollmentPeriodFactory(organizer=unit), seats=10)
    few = queries_of(lines)
    for _ in range(38):
        RunSeatsFactory(period=EnrollmentPeriodFactory(organizer=unit), seats=10)

    assert queries_of(lines) == few
    assert len(lines()) == 40


def test_sums_of_a_period_leave_out_the_seats_of_cancelled_runs():
    period = EnrollmentPeriodFactory()
    run = RunSeatsFactory(period=period, seats=10).run
    RunSeatsFactory(period=period, seats=20, run__is_cancelled=True)
    services.enroll(PersonFactory(), run)

    (line,) = queries.lines_of_periods([period])

    assert (line.runs, line.cancelled, line.seats, line.taken, line.percent) == (2, 1, 10, 1, 10)
    RunSeatsFactory(period=period)
    assert queries.lines_of_periods([period])[0].seats is None


def test_arrivals_are_paged_by_number_and_found_by_name(queries_of):
    run = RunSeatsFactory(seats=2).run
    people = [PersonFactory(full_name=f"Siti {name}") for name in ("Aminah", "Badriah", "Chadijah", "Dewi")]
    services.place(run.pk, [person.pk for person in people])

    first = queries.arrivals_page(run.pk, size=3)
    second = queries.arrivals_page(run.pk, size=3, after=first.next_after)

    assert [row.arrival for row in first.rows] == [1, 2, 3]
    assert [row.arrival for row in second.rows] == [4]
    assert second.next_after is None
    assert [row.person for row in queries.arrivals_page(run.pk, text="siti dew").rows] == [people[3]]
    assert [row.person for row in queries.arrivals_page(run.pk, text="2").rows] == [people[1]]
    assert queries_of(queries.arrivals_page, run.pk, size=1) == queries_of(queries.arrivals_page, run.pk, size=100)


def test_a_month_shows_what_lies_in_it():
    unit = OrgUnitFactory()
    organizer = an_organizer(unit)
    opens_at = datetime(2026, 1, 5, 1, tzinfo=UTC)
    period = EnrollmentPeriodFactory(organizer=unit, opens_at=opens_at, closes_at=opens_at + timedelta(days=3))
    run = RunSeatsFactory(
        period=period, run__starts_at=opens_at + timedelta(days=7), run__ends_at=opens_at + timedelta(days=40)
    ).run

    with timezone.override(WIB):
        january, march = (queries.month_of(organizer, 2026, month) for month in (1, 3))

    assert set(january.entries.values()) == {period, run}
    assert [(bar.key, bar.column, bar.days) for bar in january.weeks[1].bars] == [(f"period-{period.pk}", 1, 4)]
    assert january.weeks[2].bars[0].starts
    assert not january.weeks[3].bars[0].starts
    assert march.entries == {}
