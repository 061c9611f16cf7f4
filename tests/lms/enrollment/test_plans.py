"""Mandatory training: who owes what, and how that keeps in step with people, plans and the calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.enrollment import errors, services
from lms.enrollment.models import Audience, AudienceMember, Due, Plan, PlanCycle
from lms.enrollment.services import dues as dues_module
from lms.events.services import announce, deliver
from lms.people.services import move_people, move_unit
from lms.progress.events import CourseCompleted
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseFactory, CourseRunFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Jakarta")
EVERYBODY = {"any": [{"kind": "sex", "sex": "f"}, {"none": [{"kind": "sex", "sex": "f"}]}]}


def deliver_all():
    while deliver():
        pass


def branch(unit):
    return {"all": [{"kind": "unit", "units": [unit.pk]}]}


def completed(person, course, on=None):
    """A course that somebody completed on a day, as if it had been announced."""
    moment = datetime.combine(on or timezone.localdate(), datetime.min.time(), ZONE) + timedelta(hours=9)
    enrollment = EnrollmentFactory(person=person, run=CourseRunFactory(course=course))
    CourseProgress.objects.create(enrollment=enrollment, started_at=moment, last_seen_at=moment, completed_at=moment)
    announce(CourseCompleted(enrollment.pk, enrollment.run_id, person.pk))
    return enrollment


def owed(plan):
    rows = Due.objects.filter(plan=plan).order_by("person", "cycle")
    return {(row.person_id, row.cycle): (row.state, row.due_on) for row in rows}


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def on(monkeypatch):
    """Let it be another day."""

    def travel(day):
        noon = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=12)
        monkeypatch.setattr(timezone, "now", lambda: noon)

    return travel


def test_a_plan_asks_everybody_of_its_audience_and_nobody_else(today):
    office = OrgUnitFactory()
    inside, outside = MembershipFactory(unit=office).person, MembershipFactory().person

    plan = PlanFactory(audience=AudienceFactory(rule=branch(office)), due_on=today + timedelta(days=40))

    assert owed(plan) == {(inside.pk, 0): ("due", today + timedelta(days=40))}
    assert outside.dues.count() == 0
    assert plan.pending_since is None
    assert PlanCycle.objects.get(plan=plan).opened_at is not None
    assert AuditEntry.objects.get(action="enrollment.create_plan").target_id == plan.pk


def test_a_plan_of_a_part_of_the_ministry_binds_only_that_part(today):
    ministry = OrgUnitFactory()
    province, elsewhere = OrgUnitFactory(parent=ministry), OrgUnitFactory(parent=ministry)
    here, there = (
        MembershipFactory(unit=OrgUnitFactory(parent=province)).person,
        MembershipFactory(unit=elsewhere).person,
    )
    audience = AudienceFactory(organizer=ministry, rule=EVERYBODY)
    plan = PlanFactory(organizer=province, audience=audience, due_days=30)
    assert owed(plan) == {(here.pk, 0): ("due", today + timedelta(days=30))}

    move_people([there.pk], province, by=None)
    move_people([here.pk], elsewhere, by=None)
    deliver_all()

    assert owed(plan) == {(there.pk, 0): ("due", today + timedelta(days=30))}


def test_a_branch_that_is_moved_takes_its_people_out_of_a_plan_and_into_one(today):
    ministry = OrgUnitFactory()
    north, south = OrgUnitFactory(parent=ministry), OrgUnitFactory(parent=ministry)
    school = OrgUnitFactory(parent=north)
    teacher = MembershipFactory(unit=school).person
    audience = AudienceFactory(organizer=ministry, rule=EVERYBODY)
    plans = [PlanFactory(organizer=unit, audience=audience) for unit in (north, south)]

    move_unit(school, south, today)
    deliver_all()

    assert [len(owed(plan)) for plan in plans] == [0, 1]
    assert Due.objects.get().person_id == teacher.pk


def test_who_enters_owes_and_who_leaves_does_not_and_nobody_else_is_touched():
    office, other = OrgUnitFactory(), OrgUnitFactory()
    mover, stays = MembershipFactory(unit=office).person, MembershipFactory(unit=office).person
    left, entered = (PlanFactory(audience=AudienceFactory(rule=branch(unit))) for unit in (office, other))
    before = Due.objects.get(person=stays)

    move_people([mover.pk], other, by=None)
    deliver_all()

    assert list(left.dues.values_list("person_id", flat=True)) == [stays.pk]
    assert Due.objects.get(person=stays).pk == before.pk
    assert list(entered.dues.values_list("person_id", flat=True)) == [mover.pk]


def test_what_is_done_stays_when_somebody_leaves():
    office = OrgUnitFactory()
    person, course = MembershipFactory(unit=office).person, CourseFactory()
    plan = PlanFactory(audience=AudienceFactory(rule=branch(office)), courses=[course])
    enrollment = completed(person, course)
    deliver_all()

    move_people([person.pk], OrgUnitFactory(), by=None)
    deliver_all()

    due = Due.objects.get(plan=plan)
    assert (due.state, due.enrollment_id, due.done_on) == ("done", enrollment.pk, timezone.localdate())


def test_completing_takes_her_out_of_an_audience_that_asks_for_it_and_still_counts():
    person, course = PersonFactory(sex="f"), CourseFactory()
    audience = AudienceFactory(rule={"all": [{"kind": "completed", "courses": [course.pk], "done": False}]})
    plan = PlanFactory(audience=audience, courses=[course])
    enrollment = completed(person, course)

    # The audience hears of it first.
    services.follow_completion(person.pk, course.pk)
    services.follow_members(audience.pk, [person.pk])

    assert not AudienceMember.objects.filter(audience=audience, person=person).exists()
    assert Due.objects.get(plan=plan, person=person).enrollment_id == enrollment.pk


def test_any_one_of_the_courses_fulfills_it_and_so_does_an_equivalent():
    people = [PersonFactory(sex="f") for _ in range(4)]
    one, two, equivalent, other = (CourseFactory() for _ in range(4))
    plan = PlanFactory(courses=[one, two], equivalents=[equivalent], equivalence_reason="Isi sama, versi 2025")

    for person, course in zip(people, (one, two, equivalent, other), strict=True):
        completed(person, course)
    deliver_all()

    assert [owed(plan)[person.pk, 0][0] for person in people] == ["done", "done", "done", "due"]


def test_what_was_completed_before_counts_unless_the_plan_names_a_day(today):
    person, course = PersonFactory(sex="f"), CourseFactory()
    enrollment = completed(person, course, on=today - timedelta(days=400))

    ever = PlanFactory(courses=[course], audience=AudienceFactory())
    lately = PlanFactory(courses=[course], audience=AudienceFactory(), counts_since=today - timedelta(days=365))

    assert Due.objects.get(plan=ever).enrollment_id == enrollment.pk
    assert Due.objects.get(plan=lately).state == "due"


def test_every_year_keeps_a_result_of_its_own(on):
    person, course = PersonFactory(sex="f"), CourseFactory()
    on(date(2027, 1, 10))
    plan = PlanFactory(courses=[course], starts_on=date(2027, 1, 10), yearly_month=1, yearly_day=31)
    first = completed(person, course, on=date(2027, 1, 20))
    deliver_all()
    on(date(2027, 12, 3))

    assert services.open_cycles() == 1
    deliver_all()
    assert owed(plan) == {
        (person.pk, 2027): ("done", date(2027, 1, 31)),
        (person.pk, 2028): ("due", date(2028, 1, 31)),
    }
    second = completed(person, course, on=date(2027, 12, 20))
    deliver_all()

    results = Due.objects.filter(plan=plan).order_by("cycle").values_list("enrollment_id", "done_on")
    assert list(results) == [(first.pk, date(2027, 1, 20)), (second.pk, date(2027, 12, 20))]


def test_a_round_opens_once_however_often_and_wherever_it_was_interrupted(on, monkeypatch):
    monkeypatch.setattr(dues_module, "AT_ONCE", 2)
    people = [PersonFactory(sex="f") for _ in range(5)]
    on(date(2027, 6, 1))
    plan = PlanFactory(starts_on=date(2027, 6, 1), yearly_month=1, yearly_day=31)
    on(date(2027, 12, 3))
    bring_in_line, calls = dues_module.bring_in_line, []

    def dies_in_the_middle(*args, **options):
        calls.append(args)
        if len(calls) == 2:
            raise OSError("the worker is gone")
        bring_in_line(*args, **options)

    monkeypatch.setattr(dues_module, "bring_in_line", dies_in_the_middle)
    with pytest.raises(OSError, match="gone"):
        services.open_cycles()
    assert Due.objects.filter(plan=plan).count() == 2
    rows = set(Due.objects.values_list("pk", flat=True))

    assert services.open_cycles() == 1
    assert services.open_cycles() == 0

    assert sorted(Due.objects.filter(plan=plan).values_list("person_id", "cycle")) == [
        (each.pk, 2028) for each in people
    ]
    assert rows < set(Due.objects.values_list("pk", flat=True))


def test_another_day_moves_what_is_open_and_leaves_what_is_done(today):
    done, still = PersonFactory(sex="f"), PersonFactory(sex="f")
    course, officer = CourseFactory(), PersonFactory()
    plan = PlanFactory(courses=[course], due_on=today + timedelta(days=10))
    completed(done, course)
    deliver_all()

    plan.due_on = today + timedelta(days=20)
    services.change_plan(plan, [course], by=officer)

    assert owed(plan) == {
        (done.pk, 0): ("done", today + timedelta(days=10)),
        (still.pk, 0): ("due", today + timedelta(days=20)),
    }
    entry = AuditEntry.objects.get(action="enrollment.change_plan")
    assert entry.facts["before"]["due_on"] == (today + timedelta(days=10)).isoformat()


def test_another_audience_lets_some_go_and_asks_others():
    woman, man = PersonFactory(sex="f"), PersonFactory(sex="m")
    plan, officer = PlanFactory(), PersonFactory()
    courses = list(plan.courses.all())
    assert {key[0] for key in owed(plan)} == {woman.pk}

    plan.audience = AudienceFactory(rule={"all": [{"kind": "sex", "sex": "m"}]})
    services.change_plan(plan, courses, by=officer)

    assert {key[0] for key in owed(plan)} == {man.pk}


def test_a_course_that_is_added_lets_count_who_completed_it():
    person, late = PersonFactory(sex="f"), CourseFactory()
    plan, officer = PlanFactory(), PersonFactory()
    completed(person, late)
    deliver_all()
    assert owed(plan)[person.pk, 0][0] == "due"

    services.change_plan(plan, list(plan.courses.all()), [late], by=officer)

    assert owed(plan)[person.pk, 0][0] == "done"


def test_a_paused_plan_asks_nobody_new_and_catches_up(today):
    office, officer = OrgUnitFactory(), PersonFactory()
    plan = PlanFactory(audience=AudienceFactory(rule=branch(office)))
    services.pause_plan(plan, by=officer)
    person = PersonFactory()
    move_people([MembershipFactory(person=person).person_id], office, by=None)
    deliver_all()
    assert owed(plan) == {}

    services.resume_plan(plan, by=officer)

    assert owed(plan).keys() == {(person.pk, 0)}
    services.end_plan(plan, by=officer)
    plan.refresh_from_db()
    assert plan.state == Plan.State.ENDED
    with pytest.raises(errors.PlanEnded):
        services.change_plan(plan, list(plan.courses.all()), by=officer)


def test_a_title_is_taken_once_in_a_unit():
    plan = PlanFactory()

    with pytest.raises(errors.PlanTitleTaken):
        PlanFactory(title=plan.title, organizer=plan.organizer)


def test_an_audience_with_a_plan_cannot_be_removed():
    plan = PlanFactory()

    with pytest.raises(errors.AudienceInUse):
        services.remove_audience(plan.audience, by=None)


def test_large_audiences_are_written_in_the_background(monkeypatch):
    person = PersonFactory(sex="f")
    audience = AudienceFactory()
    Audience.objects.update(members=1_000_000)
    audience.refresh_from_db()

    plan = PlanFactory(audience=audience)

    assert owed(plan) == {}
    assert plan.pending_since is not None
    deliver_all()
    assert owed(plan).keys() == {(person.pk, 0)}
    plan.refresh_from_db()
    assert plan.pending_since is None


def grounds(today, **fields):
    return services.Grounds(**{"reason": "Cuti di luar tanggungan negara", "starts_on": today, **fields})


def test_an_exemption_excuses_from_what_is_due_between_its_days(today):
    people = [PersonFactory(sex="f") for _ in range(2)]
    soon, later = PlanFactory(due_on=today + timedelta(days=10)), PlanFactory(due_on=today + timedelta(days=90))
    officer = PersonFactory()

    for plan in (soon, later):
        services.exempt(plan, [people[0].pk], grounds(today, ends_on=today + timedelta(days=30)), by=officer)

    assert [owed(plan)[people[0].pk, 0][0] for plan in (soon, later)] == ["excused", "due"]
    assert [owed(plan)[people[1].pk, 0][0] for plan in (soon, later)] == ["due", "due"]
    entry = AuditEntry.objects.filter(action="enrollment.exempt").first()
    assert (entry.by_id, entry.facts["people"], entry.facts["has_evidence"]) == (officer.pk, 1, False)


def test_an_exemption_holds_for_rounds_that_have_not_begun(on):
    person = PersonFactory(sex="f")
    on(date(2027, 6, 1))
    plan = PlanFactory(starts_on=date(2027, 6, 1), yearly_month=1, yearly_day=31)
    services.exempt(plan, [person.pk], grounds(date(2027, 6, 1)), by=PersonFactory())
    on(date(2027, 12, 3))

    services.open_cycles()

    assert owed(plan) == {(person.pk, 2028): ("excused", date(2028, 1, 31))}


def test_an_exemption_that_is_taken_back_lets_her_owe_again(today):
    person, officer = PersonFactory(sex="f"), PersonFactory()
    plan = PlanFactory()
    exemption = services.exempt(plan, [person.pk], grounds(today), by=officer)
    assert owed(plan)[person.pk, 0][0] == "excused"

    services.revoke_exemption(exemption, by=officer)

    assert owed(plan)[person.pk, 0][0] == "due"
    exemption.refresh_from_db()
    with pytest.raises(errors.ExemptionRevoked):
        services.revoke_exemption(exemption, by=officer)


def test_who_is_excused_and_does_it_all_the_same_has_done_it(today):
    person, course = PersonFactory(sex="f"), CourseFactory()
    plan = PlanFactory(courses=[course])
    services.exempt(plan, [person.pk], grounds(today), by=PersonFactory())

    completed(person, course)
    deliver_all()

    assert owed(plan)[person.pk, 0][0] == "done"


def test_following_costs_the_same_for_two_or_two_hundred(queries_of, today):
    office = OrgUnitFactory()
    audience = AudienceFactory(rule=branch(office))
    PlanFactory(audience=audience)
    PlanFactory(audience=audience, due_days=30)
    people = [MembershipFactory(unit=office).person_id for _ in range(202)]
    services.rebuild(audience.pk)

    few = queries_of(services.follow_members, audience.pk, people[:2])
    many = queries_of(services.follow_members, audience.pk, people[2:])

    assert few == many
    assert Due.objects.count() == 404


def test_exempting_and_taking_back_cost_the_same_for_two_or_two_hundred(queries_of, today):
    few, many = (AudienceFactory(rule={"all": [{"kind": "sex", "sex": sex}]}) for sex in "fm")
    for sex, count in (("f", 2), ("m", 200)):
        for _ in range(count):
            PersonFactory(sex=sex)
    services.rebuild(few.pk)
    services.rebuild(many.pk)
    officer = RoleFactory().person
    counted = []
    for audience in (few, many):
        plan = PlanFactory(audience=audience)
        people = list(plan.dues.values_list("person_id", flat=True))
        cost = queries_of(services.exempt, plan, people, grounds(today), by=officer)
        exemption = plan.exemptions.get()
        counted.append((cost, queries_of(services.revoke_exemption, exemption, by=officer)))

    assert counted[0] == counted[1]
