"""Audiences: whom a rule holds, and how their people are kept in step."""

import pytest

from lms.enrollment import errors, queries, services
from lms.enrollment.models import AudienceMember
from lms.events.models import Event
from tests.factories.enrollment import AudienceFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory

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

    assert people_of(audience) == {stays.pk, enters.pk}
    assert changed.members == 2
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
