"""Audiences under concurrency: what a refresh without the lock leaves behind, and that the lock leaves nothing."""

import threading

import pytest

from lms.enrollment import services
from lms.enrollment.models import Audience, AudienceMember
from lms.enrollment.services import audiences
from tests.factories.enrollment import AudienceFactory
from tests.factories.people import PersonFactory

WAIT = 60


@pytest.fixture
def man(transactional_db):
    return PersonFactory(sex="m")


@pytest.fixture
def audience(man):
    """Of men, none of whom is written yet."""
    audience = AudienceFactory(rule={"all": [{"kind": "sex", "sex": "m"}]})
    AudienceMember.objects.all().delete()
    Audience.objects.update(members=0)
    return audience


def assert_exact(audience, people):
    audience.refresh_from_db()
    members = list(AudienceMember.objects.filter(audience=audience).values_list("person_id", flat=True))
    assert members == [person.pk for person in people]
    assert audience.members == len(people)


def unlocked(audience_id):
    return Audience.objects.get(pk=audience_id)


def meanwhile(audience, man, monkeypatch, at_once, lock):
    """A refresh looks at the audience; before it writes, somebody gives it another rule. What each came to."""
    has_looked, has_changed = threading.Event(), threading.Event()

    def look(audience_id):
        found = lock(audience_id)
        if threading.current_thread().name == "refresh":
            has_looked.set()
            # Where the lock holds, the change comes only after this refresh.
            has_changed.wait(1)
        return found

    def refresh():
        threading.current_thread().name = "refresh"
        services.follow_people([man.pk], places=False, persons=True)

    def change():
        has_looked.wait(WAIT)
        services.change_audience(audience, name="Women", rule={"all": [{"kind": "sex", "sex": "f"}]}, by=None)
        has_changed.set()

    monkeypatch.setattr(audiences, "lock", look)
    return at_once([refresh, change])


def test_without_the_lock_a_refresh_brings_in_whom_the_new_rule_leaves_out(audience, man, monkeypatch, at_once):
    results = meanwhile(audience, man, monkeypatch, at_once, unlocked)

    assert not [result for result in results if isinstance(result, Exception)]
    assert AudienceMember.objects.filter(audience=audience, person=man).exists()


def test_with_the_lock_only_those_of_the_new_rule_are_left(audience, man, monkeypatch, at_once):
    results = meanwhile(audience, man, monkeypatch, at_once, audiences.lock)

    assert not [result for result in results if isinstance(result, Exception)]
    assert_exact(audience, [])


def test_with_the_lock_ten_refreshes_at_once_write_everybody_once(audience, man, at_once):
    others = [PersonFactory(sex="m") for _ in range(5)]

    results = at_once([lambda: services.rebuild(audience.pk)] * 10)

    assert results == [None] * 10
    assert_exact(audience, [man, *others])


def test_of_two_changes_at_once_the_later_one_is_written_whole(audience, at_once):

    def change(name, sex):
        return services.change_audience(audience, name=name, rule={"all": [{"kind": "sex", "sex": sex}]}, by=None)

    results = at_once([lambda: change("Women", "f"), lambda: change("Men", "m")])

    assert [type(result) for result in results] == [services.Changed] * 2
    audience.refresh_from_db()
    expected = 0 if audience.name == "Women" else 1
    assert AudienceMember.objects.filter(audience=audience).count() == expected == audience.members
