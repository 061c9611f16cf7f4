"""What is done in content arrives from two devices, or twice, at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.h5p import services
from courses.h5p.models import Attempt, ContentVersion, PlayerState, XapiStatement
from courses.h5p.rules import Finished, Stated, StateKept
from courses.h5p.tokens import Play
from lms.enrollment.models import Enrollment
from lms.progress.models import CourseProgress
from lms.progress.services import report
from tests.factories.h5p import Classroom, content_from


@pytest.fixture
def learner(transactional_db, settings, tmp_path):
    disk = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    return Classroom(content_from(tmp_path)).learner()


def keeping(learner, *said):
    """Keep this in a request of its own."""
    item = learner.room.item
    enrollment = learner.enrollment
    version = ContentVersion.objects.get(content=item.activity_id)
    play = Play(version.pk, enrollment.pk, item.pk, enrollment.person_id, timezone.now() - timedelta(hours=1))

    def keep():
        fresh = Enrollment.objects.select_related("run__course").get(pk=enrollment.pk)
        return services.keep(play, fresh, item, said)

    return keep


def a_state(name, data, age=0.0):
    return StateKept(uuid4(), age, name, "0", data, True)


def test_the_same_said_eight_times_at_once_counts_once(learner, at_once):
    said = [
        a_state("state", "here"),
        Stated(uuid4(), 0, "http://adlnet.gov/expapi/verbs/answered", {}),
        Finished(uuid4(), 0, None, None, 7),
    ]

    answers = at_once([keeping(learner, *said)] * 8)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (PlayerState.objects.count(), XapiStatement.objects.count(), Attempt.objects.count()) == (1, 1, 1)
    enrollment = Enrollment.objects.select_related("run__course").get(pk=learner.enrollment.pk)
    report(enrollment, learner.room.lesson, completed=True)
    assert CourseProgress.objects.get().completed_at


def test_devices_that_keep_the_same_states_in_other_orders_do_not_wait_for_each_other(learner, at_once):
    names = [f"part{number}" for number in range(12)]
    keeping(learner, *[a_state(name, "first", age=60) for name in names])()
    one = [keeping(learner, *[a_state(name, "one") for name in names])] * 4
    other = [keeping(learner, *[a_state(name, "other") for name in reversed(names)])] * 4

    answers = at_once([function for pair in zip(one, other, strict=True) for function in pair])

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert set(PlayerState.objects.values_list("data", flat=True)) <= {"one", "other"}
