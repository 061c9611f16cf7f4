"""Mandatory training on plain values, and the same said in SQL of everybody at once."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.enrollment.models import AudienceMember, Plan
from lms.enrollment.queries import dues as owing
from lms.enrollment.rules import plans as rules
from lms.enrollment.rules.plans import Cycle, Schedule
from tests.factories.enrollment import PlanFactory
from tests.factories.people import PersonFactory

JANUARY = (1, 31)


def numbers(schedule, today):
    return [cycle.number for cycle in rules.cycles(schedule, today)]


def test_a_yearly_round_begins_with_its_window_and_stays_the_last_until_the_next():
    schedule = Schedule(starts_on=date(2026, 6, 1), yearly=JANUARY, window_days=60)

    assert numbers(schedule, date(2026, 12, 1)) == []
    assert numbers(schedule, date(2026, 12, 2)) == [2027]
    assert numbers(schedule, date(2027, 11, 30)) == [2027]
    assert numbers(schedule, date(2027, 12, 2)) == [2028]
    assert rules.next_cycle(schedule, date(2026, 7, 1)).due_on == date(2027, 1, 31)
    assert rules.next_cycle(schedule, date(2026, 12, 2)).due_on == date(2028, 1, 31)


def test_a_round_whose_day_was_past_when_the_plan_began_is_not_asked():
    schedule = Schedule(starts_on=date(2026, 2, 1), yearly=JANUARY)

    assert numbers(schedule, date(2026, 2, 2)) == []


def test_where_there_is_a_first_time_the_years_begin_with_the_next_window():
    schedule = Schedule(starts_on=date(2026, 12, 15), due_days=30, yearly=JANUARY, window_days=60)

    assert numbers(schedule, date(2026, 12, 20)) == [rules.FIRST]
    assert numbers(schedule, date(2027, 12, 20)) == [rules.FIRST, 2028]


def test_the_last_of_february_is_a_day_of_every_year():
    assert rules.yearly_day(2027, (2, 29)) == date(2027, 2, 28)
    assert rules.yearly_day(2028, (2, 29)) == date(2028, 2, 29)


def test_days_after_joining_count_from_the_plan_for_those_who_were_there_before():
    schedule = Schedule(starts_on=date(2026, 5, 1), due_days=30)
    [first] = rules.cycles(schedule, date(2026, 5, 1))

    assert rules.due_on(schedule, first, date(2020, 1, 1)) == date(2026, 5, 31)
    assert rules.due_on(schedule, first, date(2026, 8, 1)) == date(2026, 8, 31)


def test_whoever_comes_late_has_the_days_of_grace():
    schedule = Schedule(starts_on=date(2026, 5, 1), due_on=date(2026, 6, 1), grace_days=14)
    [first] = rules.cycles(schedule, date(2026, 5, 1))

    assert rules.due_on(schedule, first, date(2026, 4, 1)) == date(2026, 6, 1)
    assert rules.due_on(schedule, first, date(2026, 5, 10)) == date(2026, 6, 1)
    assert rules.due_on(schedule, first, date(2026, 5, 30)) == date(2026, 6, 13)


def test_a_round_of_the_year_does_not_ask_whom_the_first_time_asks():
    schedule = Schedule(starts_on=date(2026, 1, 1), due_days=30, yearly=JANUARY, window_days=60)
    yearly = rules.cycles(schedule, date(2027, 1, 1))[1]

    assert rules.due_on(schedule, yearly, date(2026, 12, 2)) == date(2027, 1, 31)
    assert rules.due_on(schedule, yearly, date(2026, 12, 3)) is None


def test_reminders_come_on_their_days_and_then_no_more():
    due, before, after = date(2026, 5, 31), [30, 7, 1], [1, 7]
    days, day = [], date(2026, 4, 1)
    while day := rules.next_reminder(due, before, after, day):
        days.append(day)

    assert days == [date(2026, 5, 1), date(2026, 5, 24), date(2026, 5, 30), date(2026, 6, 1), date(2026, 6, 7)]


def test_an_exemption_holds_for_what_is_due_between_its_days():
    assert rules.excuses(date(2026, 1, 1), None, date(2030, 1, 1))
    assert rules.excuses(date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 31))
    assert not rules.excuses(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))


days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@st.composite
def schedules(draw):
    first = draw(st.sampled_from(["on", "days", "none"]))
    yearly = draw(st.tuples(st.integers(1, 12), st.integers(1, 31))) if first == "none" or draw(st.booleans()) else None
    return Schedule(
        starts_on=draw(days),
        due_on=draw(days) if first == "on" else None,
        due_days=draw(st.integers(0, 400)) if first == "days" else None,
        yearly=yearly,
        window_days=draw(st.integers(0, 365)),
        grace_days=draw(st.integers(0, 90)),
    )


@pytest.fixture
def member(db):
    plan = PlanFactory()
    return plan, AudienceMember(audience=plan.audience, person=PersonFactory())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=schedules(), today=days, entered=days)
def test_sql_says_of_each_what_the_rule_says(member, schedule, today, entered):
    plan, row = member
    month, day = schedule.yearly or (None, None)
    plan = Plan(
        pk=plan.pk,
        organizer=plan.organizer,
        audience=plan.audience,
        starts_on=schedule.starts_on,
        due_on=schedule.due_on,
        due_days=schedule.due_days,
        yearly_month=month,
        yearly_day=day,
        window_days=schedule.window_days,
        grace_days=schedule.grace_days,
    )
    assert plan.schedule == schedule
    row.pk, row.since = None, f"{entered.isoformat()}T00:30:00+07:00"
    AudienceMember.objects.all().delete()
    row.save()

    for cycle in rules.cycles(schedule, today):
        by_rule = rules.due_on(schedule, cycle, entered)
        by_sql = owing.owed(plan, cycle).values_list("entered_on", "due_day")
        assert list(by_sql) == ([(entered, by_rule)] if by_rule else [])


def test_a_first_round_counts_what_was_done_since_the_day_it_names():
    cycle = Cycle(rules.FIRST, date(2026, 1, 1), date(2026, 6, 1), date(2025, 7, 1))

    assert rules.counts(cycle.counts_from, date(2025, 7, 1))
    assert not rules.counts(cycle.counts_from, date(2025, 6, 30))
    assert rules.counts(None, date(1999, 1, 1))
