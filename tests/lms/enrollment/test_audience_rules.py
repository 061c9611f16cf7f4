"""The language of audiences: compiled, answered for one person and put into words, it always says the same."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.enrollment.queries import facts, matching
from lms.enrollment.rules import audiences as rules
from lms.people.models import EmploymentType, Person, UnitType
from lms.people.rules import GRADES, grades_between
from lms.people.services import move_unit
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseFactory, CourseRunFactory
from tests.factories.enrollment import EnrollmentFactory, EnrollmentPeriodFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory
from tests.lms.enrollment.oracle import PNS, PPPK, World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)
POSITIONS = ["Guru Ahli Muda", "guru madrasah", "Penyuluh", "Kepala 100%_A", ""]
PROVINCES = ["11", "12", "91"]


def near(chance, back):
    """A day at or near a limit that a rule may draw: an exact number of months or years ago, or one beside it."""
    day = rules.months_before(TODAY, chance.choice(back))
    return day + timedelta(days=chance.choice([-1, 0, 1]))


@pytest.fixture(params=[1, 2, 3])
def world(request):
    """Some thirty people of all sorts in a small tree."""
    chance = random.Random(request.param)
    top = OrgUnitFactory(unit_type=UnitType.MINISTRY)
    units = [top]
    for _ in range(6):
        units.append(
            OrgUnitFactory(
                parent=chance.choice(units),
                unit_type=chance.choice(UnitType.values),
                province_code=chance.choice([*PROVINCES, ""]),
                is_remote=chance.random() < 0.5,
            )
        )
    move_unit(units[-1], top, date(2021, 5, 1))
    courses = [CourseFactory(jp=hours) for hours in (4, 10, 20)]
    runs = [CourseRunFactory(course=course, organizer=top) for course in courses]
    people = []
    for number in range(30):
        born = chance.choice([None, date(1984, 2, 29), near(chance, [360, 480, 492])])
        person = PersonFactory(
            sex=chance.choice(["m", "f", ""]), birth_on=born, is_active=number != 7, full_name=f"Orang {number}"
        )
        people.append(person)
        place = {"employment_type": chance.choice(EmploymentType.values), "position": chance.choice(POSITIONS)}
        place["grade"] = chance.choice([*PNS, *PPPK, "", "Penata"])
        begun = near(chance, [6, 12, 24])
        if chance.random() < 0.5:
            earlier = near(chance, [36, 60])
            gap = chance.choice([1, 40])
            MembershipFactory(
                person=person, unit=chance.choice(units[:3]), starts_on=earlier, ends_on=begun - timedelta(days=gap)
            )
        if chance.random() < 0.85:
            MembershipFactory(person=person, unit=chance.choice(units), starts_on=begun, **place)
        for run in runs:
            if chance.random() < 0.3:
                enrollment = EnrollmentFactory(
                    person=person,
                    run=run,
                    period=EnrollmentPeriodFactory(organizer=top),
                    status=chance.choice(["seated", "seated", "seated", "waiting"]),
                )
                moment = datetime(chance.choice([2025, 2026]), 1, 1, 3, tzinfo=UTC)
                CourseProgress.objects.create(
                    enrollment=enrollment,
                    started_at=moment,
                    last_seen_at=moment,
                    completed_at=chance.choice([moment, moment, None]),
                )
    return {
        "units": [unit.pk for unit in units],
        "courses": [course.pk for course in courses],
        "people": [person.pk for person in people],
    }


def ranges(values, scale=None):
    """A lower limit, an upper one, or both the right way round."""

    def draw(pair):
        first, last = sorted(pair, key=scale.index if scale else None)
        return st.sampled_from([{"at_least": first}, {"at_most": last}, {"at_least": first, "at_most": last}])

    return st.tuples(values, values).flatmap(draw)


def some(values, most=3):
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


def one(kind, **fields):
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


def ranged(kind, limits, **fields):
    return st.tuples(one(kind, **fields), limits).map(lambda parts: parts[0] | parts[1])


def any_rule(world):
    where = st.sampled_from(["ministry", "unit"])
    months = st.sampled_from([6, 11, 12, 24, 36, 60])
    days = st.sampled_from([6, 12, 24, 36, 60]).map(lambda back: rules.months_before(TODAY, back))
    joined = st.tuples(days, days).flatmap(
        lambda pair: st.sampled_from(
            [
                {"first_on": min(pair).isoformat()},
                {"last_on": max(pair).isoformat()},
                {"first_on": min(pair).isoformat(), "last_on": max(pair).isoformat()},
            ]
        )
    )
    condition = st.one_of(
        one("unit", units=some(world["units"])),
        one("unit_type", types=some(UnitType.values)),
        one("province", provinces=some(PROVINCES)),
        one("remote", is_remote=st.booleans()),
        ranged("grade", ranges(st.sampled_from(PNS), PNS), scheme=st.just("pns")),
        ranged("grade", ranges(st.sampled_from(PPPK), PPPK), scheme=st.just("pppk")),
        one("position", words=some(["guru", "AHLI", "100%_a", "penyuluh"])),
        one("employment", types=some(EmploymentType.values)),
        one("sex", sex=st.sampled_from("mf")),
        ranged("age", ranges(st.sampled_from([30, 40, 41, 42]))),
        ranged("joined", joined, where=where),
        ranged("served", ranges(months), where=where),
        one("completed", courses=some(world["courses"]), done=st.booleans()),
        ranged("hours", ranges(st.sampled_from([1, 4, 10, 14, 20, 34]))),
        one("people", people=some(world["people"], 9)),
    )
    node = st.recursive(
        condition,
        lambda parts: st.dictionaries(
            st.sampled_from(["all", "any", "none"]), st.lists(parts, min_size=1, max_size=3), min_size=1, max_size=1
        ),
        max_leaves=6,
    )
    return st.lists(node, min_size=1, max_size=3).map(lambda parts: {"all": parts})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_says_of_everybody_what_looking_at_each_of_them_says(world, data):
    given_rule = data.draw(any_rule(world))
    rule, problems = rules.read_rule(given_rule)
    if [problem.code for problem in problems] == ["too_deep"]:
        return
    assert problems == []
    plain = World(today=TODAY)

    by_sql = set(matching.matching(rule, TODAY).values_list("pk", flat=True))

    assert by_sql == plain.meeting(given_rule)
    assert rules.stored_rule(rules.as_json(rule)) == rule
    names = facts.names_in([rule])
    for person in data.draw(st.lists(st.sampled_from(list(Person.objects.all())), min_size=2, max_size=2)):
        known = facts.facts_of_person(person)
        assert rules.meets(rule, known, TODAY) == (person.pk in by_sql)
        if person.is_active:
            assert bool(rules.explain(rule, known, TODAY, names)) == (person.pk not in by_sql)
    assert all(rules.describe(rule, names))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_time_brings_over_a_limit_is_among_those_looked_at_again(world, data):
    rule, problems = rules.read_rule(data.draw(any_rule(world)))
    later = TODAY + timedelta(days=data.draw(st.sampled_from([1, 2, 30, 365])))
    if problems:
        return
    before, after = (set(matching.matching(rule, day).values_list("pk", flat=True)) for day in (TODAY, later))

    crossing = matching.crossing(rule, TODAY, later)

    looked_at = set(Person.objects.filter(crossing).values_list("pk", flat=True)) if crossing is not None else set()
    assert before ^ after <= looked_at


def test_a_refused_learner_reads_the_failing_condition_in_her_language():
    person = MembershipFactory(grade="II/c").person
    rule = rules.stored_rule({"all": [{"kind": "grade", "scheme": "pns", "at_least": "III/a"}]})

    with translation.override("id"):
        indonesian = facts.why_not(person, {1: rule}, TODAY)
    with translation.override("en"):
        english = facts.why_not(person, {1: rule}, TODAY)

    assert indonesian == {1: ["Hanya untuk golongan III/a ke atas; golongan Anda II/c."]}
    assert english == {1: ["Only for grade III/a and above; your grade is II/c."]}


def test_what_is_not_on_record_is_said_to_be_so():
    person = PersonFactory()
    rule = rules.stored_rule(
        {"all": [{"kind": "age", "at_most": 35}, {"none": [{"kind": "sex", "sex": "m"}]}, {"kind": "sex", "sex": "f"}]}
    )

    with translation.override("en"):
        said = facts.why_not(person, {1: rule}, TODAY)

    assert said == {
        1: [
            "Only for people aged 35 at most; your birth date is not on record.",
            "Only for women; your sex is not on record.",
        ]
    }


def test_grades_stand_in_the_order_of_the_published_list():
    from lms.people.ministry.facts import rows

    for scheme, grades in GRADES.items():
        assert list(grades) == [row["grade"] for row in rows("grades") if row["scheme"].lower() == scheme]
    assert grades_between("pns", "III/d", "IV/b") == ("III/d", "IV/a", "IV/b")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({}, "not_a_rule"),
        ({"all": []}, "empty_group"),
        ({"all": [{"kind": "age"}]}, "range_open"),
        ({"all": [{"kind": "age", "at_least": True}]}, "not_a_number"),
        ({"all": [{"kind": "grade", "scheme": "pns", "at_least": "IX"}]}, "not_chosen"),
        ({"all": [{"kind": "unit", "units": ["1"]}]}, "not_a_rule"),
        ({"all": [{"kind": "position", "words": [" "]}]}, "missing"),
        ({"all": [{"kind": "joined", "where": "unit", "first_on": "31/12/2020"}]}, "not_a_day"),
        ({"all": [{"kind": "sex", "sex": "f", "color": "red"}]}, "unknown_field"),
        ({"any": [{"any": [{"any": [{"any": [{"any": [{"kind": "sex", "sex": "f"}]}]}]}]}]}, "too_deep"),
        ({"all": [{"kind": "sex", "sex": "f"}] * 101}, "too_many"),
    ],
)
def test_a_rule_that_says_nothing_or_nonsense_is_named_for_what_it_is(rule, code):
    read, problems = rules.read_rule(rule)

    assert read is None
    assert [problem.code for problem in problems] == [code]
    assert problems[0].text
