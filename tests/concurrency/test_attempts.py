"""Attempts from two devices at once: what would go wrong without the guards, and does not with them."""

import threading
from functools import partial

from django.db import IntegrityError

from assessments.quizzes import errors, services
from assessments.quizzes.models import Attempt, Response
from lms.enrollment.models import Enrollment
from tests.factories.assessments import a_quiz, quiz_item

WAIT = 60


def fresh(enrollment):
    return Enrollment.objects.select_related("run__course").get(pk=enrollment.pk)


def save_one(attempt_id, version, answer):
    return services.save_answers(Attempt.objects.get(pk=attempt_id), {version: answer})


def submit_one(attempt_id):
    return services.submit(Attempt.objects.get(pk=attempt_id))


def test_a_double_click_starts_one_attempt(at_once):
    enrollment, item = quiz_item(a_quiz(2))

    results = at_once([lambda: services.start(fresh(enrollment), item)] * 8)

    assert len({attempt.pk for attempt in results}) == 1
    assert Attempt.objects.count() == 1


def test_reading_and_writing_back_would_lose_an_answer(at_once):
    enrollment, item = quiz_item(a_quiz(2))
    attempt = services.start(enrollment, item)
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def naive(version):
        mine = Attempt.objects.get(pk=attempt.pk)
        both_have_read.wait()
        mine.answers[version] = "a"
        mine.save(update_fields=["answers"])

    at_once([partial(naive, str(entry["version"])) for entry in attempt.paper])

    attempt.refresh_from_db()
    assert len(attempt.answers) == 1


def test_two_devices_saving_at_once_both_keep_their_answers(at_once):
    enrollment, item = quiz_item(a_quiz(12))
    attempt = services.start(enrollment, item)
    versions = [str(entry["version"]) for entry in attempt.paper]

    results = at_once([partial(save_one, attempt.pk, version, "a") for version in versions])

    assert not [result for result in results if isinstance(result, Exception)]
    attempt.refresh_from_db()
    assert attempt.answers == dict.fromkeys(versions, "a")


def test_without_the_lock_a_double_submit_would_mark_twice(at_once, monkeypatch):
    enrollment, item = quiz_item(a_quiz(2))
    attempt = services.start(enrollment, item)
    both_have_read = threading.Barrier(2, timeout=WAIT)
    marked = services._marked

    def slow(found):
        both_have_read.wait()
        return marked(found)

    monkeypatch.setattr(services, "_marked", slow)
    monkeypatch.setattr(services, "_locked", lambda found: Attempt.objects.get(pk=found.pk))

    results = at_once([partial(submit_one, attempt.pk)] * 2)

    assert [type(result) for result in results if isinstance(result, Exception)] == [IntegrityError]


def test_a_double_submit_marks_once(at_once):
    enrollment, item = quiz_item(a_quiz(2))
    attempt = services.start(enrollment, item)

    results = at_once([partial(submit_one, attempt.pk)] * 6)

    assert {result.grade for result in results} == {0}
    assert Response.objects.count() == 2


def test_a_save_beside_a_submit_is_either_marked_or_refused(at_once):
    for _round in range(8):
        enrollment, item = quiz_item(a_quiz(1))
        attempt = services.start(enrollment, item)
        version = str(attempt.paper[0]["version"])

        saved, done = at_once([partial(save_one, attempt.pk, version, "a"), partial(submit_one, attempt.pk)])

        stored = Attempt.objects.get(pk=attempt.pk)
        if isinstance(saved, errors.AttemptClosed):
            assert (stored.answers, stored.grade) == ({}, 0)
        else:
            assert not isinstance(saved, Exception)
            assert (stored.answers, stored.grade) == ({version: "a"}, 100)
        assert done.state == Attempt.State.SUBMITTED
