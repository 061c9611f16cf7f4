"""Telling people what is mandatory, and their superiors who is overdue."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from lms.enrollment import services
from lms.enrollment.models import Due
from lms.enrollment.services import reminders
from lms.notifications.models import Message
from lms.notifications.queries import lines_of
from lms.people.models import Role
from tests.factories.enrollment import AudienceFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory
from tests.lms.enrollment.test_plans import on

pytestmark = pytest.mark.django_db
__all__ = ["on"]


@pytest.fixture
def today():
    return timezone.localdate()


def told(person, kind=reminders.DUES):
    with translation.override("en"):
        return [line.text.body for line in lines_of(person.messages.filter(kind=kind).order_by("pk"))]


def superior_of(unit):
    return RoleFactory(kind=Role.Kind.SUPERIOR, unit=unit).person


def test_one_message_names_all_that_somebody_owes(today):
    person, other = PersonFactory(sex="f"), PersonFactory(sex="m")
    PlanFactory(title="Antigratifikasi", due_on=today + timedelta(days=40))
    PlanFactory(title="Keamanan informasi", due_on=today + timedelta(days=5))

    assert services.remind_due() == 1
    assert services.remind_due() == 0

    [body] = told(person)
    assert [line.split(" – ")[0] for line in body.splitlines()[1:]] == ["- Keamanan informasi", "- Antigratifikasi"]
    assert told(other) == []


def test_reminders_come_on_the_days_that_the_plan_says_and_once_a_day(on, today):
    person = PersonFactory(sex="f")
    PlanFactory(due_on=today + timedelta(days=10), reminds_before=[3], reminds_after=[2])
    counted = []

    for day in range(16):
        on(today + timedelta(days=day))
        services.remind_due()
        services.remind_due()
        counted.append(person.messages.count())

    assert counted == [1] * 7 + [2] * 5 + [3] * 4


def test_a_day_without_a_clock_is_made_up_for(on, today):
    person = PersonFactory(sex="f")
    PlanFactory(due_on=today + timedelta(days=10), reminds_before=[3], reminds_after=[])
    services.remind_due()
    on(today + timedelta(days=8))

    services.remind_due()

    assert person.messages.count() == 2


def test_what_is_added_later_on_the_same_day_is_told_on_the_next(on, today):
    person = PersonFactory(sex="f")
    PlanFactory()
    services.remind_due()
    PlanFactory(title="Baru")

    services.remind_due()
    assert len(told(person)) == 1
    on(today + timedelta(days=1))
    services.remind_due()

    assert "Baru" in told(person)[1]


def test_nobody_is_reminded_of_what_is_excused_done_or_paused(today):
    PersonFactory(sex="f")
    plan, officer = PlanFactory(), PersonFactory()
    services.pause_plan(plan, by=officer)

    services.remind_due()

    assert Message.objects.count() == 0


def test_a_superior_gets_one_message_that_names_who_is_overdue(on, today):
    office = OrgUnitFactory()
    superior = superior_of(office)
    late, in_time = MembershipFactory(unit=office).person, MembershipFactory(unit=office).person
    audience = AudienceFactory(rule={"all": [{"kind": "unit", "units": [office.pk]}]})
    plans = [PlanFactory(audience=audience, due_on=today + timedelta(days=2), escalates_after=3) for _ in range(2)]
    for plan in plans:
        services.exempt(plan, [in_time.pk], services.Grounds("Tugas belajar", today), by=superior)
    on(today + timedelta(days=4))
    assert services.escalate_due() == 0
    on(today + timedelta(days=5))

    assert services.escalate_due() == 1
    assert services.escalate_due() == 0

    [body] = told(superior, reminders.OVERDUE)
    assert body.count(late.name) == 2
    assert in_time.name not in body
    on(today + timedelta(days=11))
    assert services.escalate_due() == 0
    on(today + timedelta(days=12))
    assert services.escalate_due() == 1


def test_whoever_has_no_superior_is_looked_at_again_a_week_later(on, today):
    PersonFactory(sex="f")
    PlanFactory(due_on=today, escalates_after=1)
    on(today + timedelta(days=1))

    assert services.escalate_due() == 0

    assert Due.objects.get().escalated_on == today + timedelta(days=1)


def test_reminding_and_escalating_cost_the_same_for_two_or_two_hundred(queries_of, on, today):
    counted = []
    for sex, count in (("f", 2), ("m", 200)):
        office = OrgUnitFactory()
        superior_of(office)
        for _ in range(count):
            MembershipFactory(unit=office, person=PersonFactory(sex=sex))
        audience = AudienceFactory(rule={"all": [{"kind": "unit", "units": [office.pk]}]})
        plan = PlanFactory(audience=audience, due_on=today, escalates_after=1)
        reminding = queries_of(services.remind_due)
        on(today + timedelta(days=1))
        counted.append((reminding, queries_of(services.escalate_due)))
        services.end_plan(plan, by=PersonFactory())
        on(today)

    assert counted[0] == counted[1]
