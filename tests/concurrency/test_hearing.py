"""Open pages of the same learners heard at once: time runs twice as fast without the lock, and once with it."""

import threading
from functools import partial

from django.conf import settings
from django.db.models import F, Sum

from lms.common.statements import Among, Statement, given_ids
from lms.progress import services
from lms.progress.models import CourseProgress, ItemProgress
from lms.progress.services import hear_all, hearing
from tests.lms.progress.test_hearing import Class

WAIT = 10


def two_pages(group):
    group.clock(40)
    return [partial(hear_all, [group.said(lesson=lesson, name=str(lesson), seconds=40)]) for lesson in range(2)]


def seconds_in_lessons():
    return ItemProgress.objects.aggregate(Sum("seconds"))["seconds__sum"]


def test_without_the_lock_two_pages_make_time_run_twice_as_fast(at_once, monkeypatch):
    group = Class(1)
    both_have_read = threading.Barrier(2, timeout=WAIT)
    everybody: Statement[CourseProgress] = Statement(
        lambda: CourseProgress.objects.filter(Among(F("pk"), given_ids("pks"))).select_related("enrollment__run")
    )

    class Unlocked:
        def all(self, pks):
            found = everybody.all(pks=pks)
            both_have_read.wait()
            return found

    monkeypatch.setattr(hearing, "_HEARING", Unlocked())

    at_once(two_pages(group))

    assert seconds_in_lessons() >= 80


def test_two_pages_heard_at_once_share_the_clock(at_once):
    group = Class(1)

    at_once(two_pages(group) * 3)

    assert 40 <= seconds_in_lessons() <= 45


def test_groups_with_the_same_learners_do_not_wait_for_each_other_in_a_circle(at_once):
    group = Class(6)
    group.clock(1000)
    groups = [
        partial(hear_all, [group.said(learner, name=name) for learner in order])
        for name, order in (("a", range(6)), ("b", range(5, -1, -1)), ("c", (3, 0, 5, 1, 4, 2)))
    ]

    results = at_once(groups * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert set(CourseProgress.objects.values_list("seconds", flat=True)) == {30}


def test_beats_of_many_threads_are_each_heard_once(at_once, client_for):
    group = Class(12)
    group.clock(1000)
    sessions = [client_for(place.person).cookies[settings.SESSION_COOKIE_NAME].value for place in group.places]
    steps = [
        partial(services.hear, group.said(learner, name=name, start=start), session)
        for name, start in (("a", 0), ("b", 20))
        for learner, session in enumerate(sessions)
    ]

    results = at_once(steps * 2, threads=12)

    assert results == [(1, False)] * 48
    for kept in ItemProgress.objects.all():
        assert (kept.seconds, kept.evidence["normal"]) == (20, {"7": [[0, 10], [20, 30]]})
    assert ItemProgress.objects.count() == 12
