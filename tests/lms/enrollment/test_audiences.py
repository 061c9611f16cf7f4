"""Audiences: whom a rule holds, and how their people are kept in step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from courses.catalog.models import CourseRun
from lms.audit.models import AuditEntry
from lms.enrollment import errors, queries, services
from lms.enrollment.models import Audience, AudienceMember, Plan, RunTemplate, TemplateReserve
from lms.enrollment.rules import audiences as rules
from lms.events.models import Event
from lms.events.services import announce, deliver
from lms.people.services import NewPerson, add_people, correct_units, move_people, move_unit
from lms.progress.events import CourseCompleted
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import (
    AudienceFactory,
    EnrollmentFactory,
    EnrollmentPeriodFactory,
    PlanFactory,
    RunSeatsFactory,
)
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db


def people_of(audience):
    return set(AudienceMember.objects.filter(audience=audience).values_list("person_id", flat=True))


def changes():
    facts = [event.facts for event in Event.objects.filter(name="enrollment.AudienceChanged").order_by("pk")]
    return [(set(each["entered"]), set(each["left"])) for each in facts]


def test_an_audience_holds_the_people_of_a_branch_who_meet_its_rule():
    office = OrgUnitFactory()
    school = OrgUnitFactory(parent=office)
    teacher = MembershipFactory(unit=school, grade="III/c")
    MembershipFactory(unit=school, grade="II/d")
    MembershipFactory(grade="III/c")
    rule = {"all": [{"kind": "unit", "units": [office.pk]}, {"kind": "grade", "scheme": "pns", "at_least": "III/a"}]}

    audience = AudienceFactory(organizer=office, rule=rule)

    assert people_of(audience) == {teacher.person_id}
    assert audience.members == 1
    assert changes() == [({teacher.person_id}, set())]
    assert queries.is_member(teacher.person_id, audience.pk)


def test_whoever_meets_the_old_rule_and_the_new_one_stays_in_since_when_she_was():
    stays, leaves, enters = (PersonFactory(sex=sex) for sex in "fmm")
    audience = AudienceFactory(rule={"all": [{"kind": "people", "people": [stays.pk, leaves.pk]}]})
    since = AudienceMember.objects.get(person=stays).since

    rule = {"all": [{"kind": "people", "people": [stays.pk, enters.pk]}]}
    changed = services.change_audience(audience, name=audience.name, rule=rule, by=None)
    assert (changed.entered, changed.left) == (1, 1)

    assert people_of(audience) == {stays.pk, enters.pk}
    assert changed.audience.members == 2
    assert AudienceMember.objects.get(person=stays).since == since
    assert changes()[1:] == [({enters.pk}, set()), (set(), {leaves.pk})]


def test_a_rule_that_cannot_be_read_is_refused_with_what_is_wrong():
    with pytest.raises(errors.RuleInvalid) as refused:
        AudienceFactory(rule={"all": [{"kind": "age", "at_least": 40, "at_most": 30}, {"kind": "wealth"}]})

    assert [(problem.path, problem.code) for problem in refused.value.problems] == [
        ((0,), "range_reversed"),
        ((1,), "unknown_kind"),
    ]


def test_two_audiences_of_a_unit_have_different_names():
    audience = AudienceFactory()

    with pytest.raises(errors.AudienceNameTaken):
        AudienceFactory(organizer=audience.organizer, name=audience.name)


def since_of(audience):
    return dict(AudienceMember.objects.filter(audience=audience).values_list("person_id", "since"))


def test_a_transfer_touches_those_who_move_and_nobody_else():
    office, other = OrgUnitFactory(), OrgUnitFactory()
    movers = [MembershipFactory(unit=office).person for _ in range(3)]
    stays = MembershipFactory(unit=office).person
    was_there = MembershipFactory(unit=other).person
    left, entered = (AudienceFactory(rule={"all": [{"kind": "unit", "units": [unit.pk]}]}) for unit in (office, other))
    deaf = AudienceFactory(rule={"all": [{"kind": "people", "people": [movers[0].pk]}]})
    before = {audience.pk: since_of(audience) for audience in (left, entered, deaf)}
    told = len(changes())

    move_people([person.pk for person in movers], other, by=None)
    deliver()

    assert since_of(left) == {stays.pk: before[left.pk][stays.pk]}
    assert since_of(entered).keys() == {was_there.pk, *(person.pk for person in movers)}
    assert since_of(entered)[was_there.pk] == before[entered.pk][was_there.pk]
    assert since_of(deaf) == before[deaf.pk]
    ids = {person.pk for person in movers}
    assert changes()[told:] == [(set(), ids), (ids, set())]
    left.refresh_from_db()
    entered.refresh_from_db()
    assert (left.members, entered.members) == (1, 4)


def test_a_transfer_costs_the_same_for_two_or_two_hundred(queries_of):
    office, other = OrgUnitFactory(), OrgUnitFactory()
    AudienceFactory(rule={"all": [{"kind": "unit", "units": [office.pk]}]})
    people = [MembershipFactory(unit=office).person_id for _ in range(202)]
    services.follow_people(people, places=True, persons=False)

    def move_and_follow(ids):
        move_people(ids, other, by=None)
        services.follow_people(ids, places=True, persons=False)

    assert queries_of(move_and_follow, people[:2]) == queries_of(move_and_follow, people[2:])


def test_people_of_a_branch_follow_it_to_another_place_in_the_tree():
    north, south = OrgUnitFactory(), OrgUnitFactory()
    school = OrgUnitFactory(parent=north)
    teacher = MembershipFactory(unit=OrgUnitFactory(parent=school)).person
    audience = AudienceFactory(rule={"all": [{"kind": "unit", "units": [south.pk]}]})

    move_unit(school, south, timezone.localdate())
    deliver()

    assert people_of(audience) == {teacher.pk}


def test_a_unit_marked_as_remote_brings_its_people_in():
    school = OrgUnitFactory()
    teacher = MembershipFactory(unit=school).person
    audience = AudienceFactory(rule={"all": [{"kind": "remote", "is_remote": True}]})

    correct_units({school.pk: {"is_remote": True}}, by=None)
    deliver()

    assert people_of(audience) == {teacher.pk}


def test_a_newcomer_enters_also_where_only_something_is_asked_that_she_has_not_done():
    course = CourseFactory()
    audience = AudienceFactory(rule={"all": [{"kind": "completed", "courses": [course.pk], "done": False}]})

    [newcomer] = add_people([NewPerson("Siti Aminah")])
    deliver()

    assert newcomer.pk in people_of(audience)


def test_completing_a_course_moves_her_from_those_who_have_not_to_those_who_have():
    enrollment = EnrollmentFactory()
    course = enrollment.run.course
    before, after = (
        AudienceFactory(rule={"all": [{"kind": "completed", "courses": [course.pk], "done": done}]})
        for done in (False, True)
    )
    CourseProgress.objects.create(
        enrollment=enrollment,
        started_at=timezone.now(),
        last_seen_at=timezone.now(),
        completed_at=timezone.now(),
    )

    announce(CourseCompleted(enrollment.pk, enrollment.run_id, enrollment.person_id))
    deliver()

    assert enrollment.person_id not in people_of(before)
    assert people_of(after) == {enrollment.person_id}


def test_a_birthday_brings_her_in_on_its_day_and_nobody_else_is_looked_at():
    today = timezone.localdate()
    born = rules.years_before(today, 40)
    turns, older = PersonFactory(birth_on=born), PersonFactory(birth_on=born - timedelta(days=400))
    audience = AudienceFactory(rule={"all": [{"kind": "age", "at_least": 40}]})
    # As it was yesterday: she was not in it; of the other, a wrong row shows who is looked at again.
    AudienceMember.objects.filter(audience=audience).delete()
    Audience.objects.update(evaluated_on=today - timedelta(days=1))

    assert services.follow_days() == 1
    assert services.follow_days() == 0

    assert people_of(audience) == {turns.pk}
    assert older.pk not in people_of(audience)


def test_many_people_are_written_in_the_background_and_counted_by_the_rule_until_then(monkeypatch):
    monkeypatch.setattr("lms.enrollment.services.audiences.AT_ONCE", 1)
    women = [PersonFactory(sex="f") for _ in range(3)]
    man = PersonFactory(sex="m")
    seating = RunSeatsFactory()
    audience = AudienceFactory()
    services.open_to(seating, audience, by=None)

    assert people_of(audience) == set()
    assert queries.eligibility(women[0], seating.run).may
    assert queries.eligibility(man, seating.run).code == "not_in_audience"

    deliver()

    assert people_of(audience) == {woman.pk for woman in women}
    audience.refresh_from_db()
    assert audience.pending_since is None


def test_a_run_or_its_period_names_for_whom_it_is_and_says_why_not():
    officer, guest = (MembershipFactory(grade=grade).person for grade in ("IV/a", "II/c"))
    seating = RunSeatsFactory()
    rule = {"all": [{"kind": "grade", "scheme": "pns", "at_least": "III/a"}]}
    services.open_to(seating.period, AudienceFactory(rule=rule), by=None)
    run = CourseRun.objects.get(pk=seating.pk)

    assert queries.eligibility(officer, run).may
    with translation.override("id"):
        answer = queries.eligibility(guest, run)

    assert (answer.may, answer.code) == (False, "not_in_audience")
    assert answer.reason == "Hanya untuk golongan III/a ke atas; golongan Anda II/c."
    with pytest.raises(errors.NotInAudience) as refused, translation.override("id"):
        services.enroll(guest, run)
    assert str(refused.value) == answer.reason


def test_an_assignment_is_bound_too_unless_a_reason_for_the_exception_is_given():
    seating = RunSeatsFactory()
    services.open_to(seating, AudienceFactory(), by=None)
    run = CourseRun.objects.get(pk=seating.pk)
    man, woman, officer = PersonFactory(sex="m"), PersonFactory(sex="f"), PersonFactory()
    services.rebuild(seating.audience_id)

    bound = services.bulk_enroll([man.pk, woman.pk], run, by=officer)
    free = services.bulk_enroll([man.pk], run, by=officer, exception="Narasumber pengganti")

    assert (bound.seated, bound.refused) == ([woman.pk], {man.pk: "not_in_audience"})
    assert free.seated == [man.pk]
    assert AuditEntry.objects.filter(facts__exception="Narasumber pengganti").count() == 1


def test_asking_about_two_or_twenty_runs_for_others_takes_as_many_queries(queries_of):
    person = MembershipFactory().person
    course = CourseFactory()
    rule = {"all": [{"kind": "completed", "courses": [course.pk], "done": True}, {"kind": "sex", "sex": "f"}]}
    for _ in range(22):
        services.open_to(RunSeatsFactory(), AudienceFactory(rule=rule), by=None)
    runs = list(CourseRun.objects.filter(seating__isnull=False).select_related("seating__period"))

    few, many = (queries_of(queries.eligibilities, person, some, places=[]) for some in (runs[:2], runs[2:]))

    assert few == many


def test_an_audience_is_seen_by_those_who_organize_or_look_after_people_in_its_branch():
    office = OrgUnitFactory()
    audience = AudienceFactory(organizer=OrgUnitFactory(parent=office))
    AudienceFactory()
    organizer = RoleFactory(unit=office, kind="organizer").person
    author = RoleFactory(unit=office, kind="author").person

    assert list(Audience.objects.visible_to(organizer)) == [audience]
    assert list(Audience.objects.visible_to(author)) == []


def test_an_audience_that_a_run_names_stays():
    audience = AudienceFactory()
    services.open_to(RunSeatsFactory(), audience, by=None)

    with pytest.raises(errors.AudienceInUse):
        services.remove_audience(audience, by=None)


def over():
    """A run that is over, of a period that is over."""
    now = timezone.now()
    period = EnrollmentPeriodFactory(opens_at=now - timedelta(days=90), closes_at=now - timedelta(days=80))
    run = {"run__starts_at": now - timedelta(days=70), "run__ends_at": now - timedelta(days=10)}
    return RunSeatsFactory(period=period, seats=10, **run)


def test_an_audience_that_only_the_past_names_is_archived_and_brought_back():
    woman = MembershipFactory(person__sex="f").person
    audience, seating = AudienceFactory(), over()
    services.open_to(seating, audience, by=None)
    services.open_to(seating.period, audience, by=None)

    services.archive_audience(audience, by=woman)
    services.archive_audience(audience, by=woman)

    audience.refresh_from_db()
    assert audience.archived_at
    assert (audience.members, AudienceMember.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(action="enrollment.archive_audience", by=woman).count() == 1
    another = MembershipFactory(person__sex="f").person
    services.restore_audience(audience, by=woman)
    audience.refresh_from_db()
    assert (audience.archived_at, audience.members) == (None, 2)
    assert queries.is_member(another.pk, audience.pk)


def test_what_goes_on_keeps_an_audience_out_of_the_archive():
    now, by = timezone.now(), PersonFactory()
    taught = over()
    taught.run.ends_at = now + timedelta(days=1)
    taught.run.save()
    template = RunTemplate(name="T", organizer=OrgUnitFactory(), course=CourseFactory(), title="A")
    used = [AudienceFactory() for _ in range(7)]
    services.open_to(EnrollmentPeriodFactory(), used[0], by=None)
    services.open_to(taught, used[1], by=None)
    services.open_to(taught.period, used[2], by=None)
    services.reserve_seats(taught.run, used[3], 2, releases_at=None, by=by)
    services.create_plan(
        Plan(title="P", organizer=OrgUnitFactory(), audience=used[4], starts_on=now.date(), due_days=3), [], by=None
    )
    services.keep_template(template, [TemplateReserve(audience=used[6], percent=10)], by=by)
    template.audience = used[5]
    template.save()

    for audience in used:
        with pytest.raises(errors.AudienceGoesOn):
            services.archive_audience(audience, by=None)

    taught.run.ends_at = now - timedelta(seconds=1)
    taught.run.save()
    services.end_plan(Plan.objects.get(), by=by)
    for audience in used[1:5]:
        services.archive_audience(audience, by=None)
    assert Audience.objects.current().count() == 3


def test_an_audience_in_the_archive_is_neither_followed_nor_used_nor_changed():
    audience, seating, by = AudienceFactory(), over(), PersonFactory()
    services.open_to(seating, audience, by=None)
    services.archive_audience(audience, by=None)
    woman = MembershipFactory(person__sex="f").person

    services.follow_people([woman.pk], places=True, persons=True, are_new=True)
    services.rebuild(audience.pk)

    assert not AudienceMember.objects.exists()
    open_run = RunSeatsFactory(seats=5)
    later = timezone.now() + timedelta(days=5)
    for use in (
        lambda: services.open_to(open_run, audience, by=None),
        lambda: services.reserve_seats(open_run.run, audience, 1, releases_at=None, by=by),
        lambda: services.extend_period(seating.period, later, reason="x", by=by),
        lambda: services.extend_run(seating.run, later, reason="x", by=by),
        lambda: services.change_audience(audience, name="Lain", rule=audience.rule, by=None),
        lambda: PlanFactory(audience=audience),
    ):
        with pytest.raises(errors.AudienceArchived):
            use()


def test_the_database_keeps_nobody_in_an_archived_audience():
    audience = AudienceFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.filter(pk=audience.pk).update(archived_at=timezone.now(), members=1)
