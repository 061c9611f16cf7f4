"""Packages open in two windows at once: what would go wrong without the guards, and does not with them."""

import threading
from functools import partial

import pytest

from courses.scorm import services
from courses.scorm.errors import OpenedElsewhere
from courses.scorm.messages import Message
from courses.scorm.models import ItemState, LaunchSession, Registration, Standard
from lms.enrollment.models import Enrollment
from tests.factories.scorm import PackageFactory, placed_package

WAIT = 60


@pytest.fixture
def way(transactional_db):
    """A learner's way through a package of one part, as no window has seen it yet."""
    enrollment, item = placed_package(PackageFactory().live)
    return services.begin(enrollment, item)


def said(number):
    return Message(number, item="i1", cmi={"core": {"lesson_status": "incomplete", "lesson_location": str(number)}})


def test_a_double_click_begins_one_way(at_once, transactional_db):
    enrollment, item = placed_package(PackageFactory().live)

    def begin():
        return services.begin(Enrollment.objects.select_related("run__course").get(pk=enrollment.pk), item)

    found = at_once([begin] * 8)

    assert len({one.pk for one in found}) == 1


def test_counting_windows_by_reading_and_writing_back_would_give_two_the_same_number(at_once, way):
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def naive():
        mine = Registration.objects.get(pk=way.pk)
        both_have_read.wait()
        mine.sessions += 1
        mine.save(update_fields=["sessions"])
        return mine.sessions

    assert at_once([naive] * 2) == [1, 1]


def test_windows_opened_at_once_have_numbers_of_their_own(at_once, way):
    numbers = at_once([partial(services.open_session, way)] * 8)

    assert sorted(numbers) == list(range(1, 9))


def test_a_late_message_that_is_compared_and_then_written_would_overwrite_a_newer_one(at_once, way):
    services.keep(way.pk, 1, said(1))
    newer_is_kept, older_has_compared = threading.Event(), threading.Event()

    def older():
        kept = Registration.objects.get(pk=way.pk)
        assert (kept.kept_session, kept.kept_number) < (1, 2)
        older_has_compared.set()
        newer_is_kept.wait(WAIT)
        ItemState.objects.filter(registration=way).update(cmi=said(2).cmi)

    def newer():
        older_has_compared.wait(WAIT)
        services.keep(way.pk, 1, said(3))
        newer_is_kept.set()

    at_once([older, newer])

    assert ItemState.objects.get().cmi == said(2).cmi


def test_whatever_arrives_first_the_newest_message_stays(at_once, way):
    results = at_once([partial(services.keep, way.pk, 1, said(number)) for number in (3, 8, 1, 6, 2, 7, 5, 4)])

    assert all(isinstance(result, Registration) for result in results), results
    assert ItemState.objects.get().cmi == said(8).cmi


def test_whatever_arrives_first_the_newest_window_stays(at_once, way):
    results = at_once([partial(services.keep, way.pk, session, said(session)) for session in (3, 8, 1, 6, 2, 7, 5, 4)])

    assert all(isinstance(result, Registration | OpenedElsewhere) for result in results), results
    assert ItemState.objects.get().cmi == said(8).cmi


@pytest.fixture
def unit(way):
    """The same as a unit of cmi5."""
    way.version.standard = Standard.CMI5
    way.version.save()
    return way


def test_a_token_asked_for_by_two_at_once_is_given_to_one(at_once, unit):
    opened = services.launch(unit.pk, 1, "i1")

    given = at_once([partial(services.take_token, opened.key)] * 8)

    assert len([token for token in given if token]) == 1


def test_a_unit_opened_twice_at_once_is_open_once(at_once, unit):
    at_once([partial(services.launch, unit.pk, 1, "i1")] * 6)

    assert LaunchSession.objects.count() == 6
    assert LaunchSession.objects.filter(ended_at=None).count() == 1
