"""Somebody leaves while what she owes is being written: real without the lock, closed with it."""

import threading

from django.db import transaction
from django.db.models import Q

from lms.enrollment import services
from lms.enrollment.models import AudienceMember, Due
from lms.enrollment.services import dues
from lms.people.models import Membership
from tests.factories.enrollment import AudienceFactory, PlanFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory

WAIT = 60


def written_while_she_leaves(at_once, wait):
    """What she owes at the end, when her entry is written and she leaves before that is committed."""
    office, other = OrgUnitFactory(), OrgUnitFactory()
    person = MembershipFactory(unit=office).person
    audience = AudienceFactory(rule={"all": [{"kind": "unit", "units": [office.pk]}]})
    plan = PlanFactory(audience=audience)
    Due.objects.all().delete()
    Membership.objects.filter(person=person).update(unit=other)
    is_written, has_left = threading.Event(), threading.Event()

    def enter():
        with transaction.atomic():
            dues.bring_in_line(plan.pk, Q(person=person.pk))
            is_written.set()
            has_left.wait(wait)

    def leave():
        is_written.wait(WAIT)
        services.follow_people([person.pk], places=True, persons=False)
        services.follow_members(audience.pk, [person.pk])
        has_left.set()

    assert at_once([enter, leave]) == [None, None]
    assert not AudienceMember.objects.filter(person=person).exists()
    return Due.objects.filter(person=person).count()


def test_without_the_lock_who_leaves_meanwhile_owes_for_good(at_once, monkeypatch):
    monkeypatch.setattr(dues, "hold_audience", lambda audience_id: None)

    assert written_while_she_leaves(at_once, WAIT) == 1


def test_who_leaves_while_her_entry_is_written_owes_nothing(at_once):
    # Her leaving waits for the entry, which therefore cannot wait for her.
    assert written_while_she_leaves(at_once, 0.5) == 0


def test_many_who_write_the_same_write_it_once(at_once):
    office = OrgUnitFactory()
    people = [MembershipFactory(unit=office).person_id for _ in range(20)]
    audience = AudienceFactory(rule={"all": [{"kind": "unit", "units": [office.pk]}]})
    plan = PlanFactory(audience=audience)
    Due.objects.all().delete()

    results = at_once([lambda: services.follow_members(audience.pk, people)] * 6)

    assert results == [None] * 6
    assert sorted(Due.objects.filter(plan=plan).values_list("person_id", flat=True)) == sorted(people)
