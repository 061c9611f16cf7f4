"""What many pages say in one moment is heard together, with what it would be if each were heard alone."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.enrollment.models import Enrollment
from lms.progress import errors, pages, services
from lms.progress.evidence import Beat, Criterion, Medium, Played
from lms.progress.models import CourseProgress, ItemProgress, Review
from lms.progress.services import Said, hear_all, hearing
from tests.factories.catalog import CourseRunFactory, OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory

pytestmark = pytest.mark.django_db
CRITERION = Criterion(watched=90, is_unhurried=True, media={"7": Medium(100, "Sambutan")})


class Class:
    """Learners of a run whose two lessons ask for a video, all begun a while ago."""

    def __init__(self, size):
        self.run = CourseRunFactory()
        self.lessons = [OutlineItemFactory(course=self.run.course, criterion=CRITERION.stored()) for _ in range(2)]
        self.places = [EnrollmentFactory(run=self.run) for _ in range(size)]
        self.begin()

    def begin(self):
        """Anew."""
        now = timezone.now()
        for model in (Review, ItemProgress, CourseProgress):
            model.objects.filter(enrollment__in=self.places).delete()
        CourseProgress.objects.bulk_create(
            CourseProgress(enrollment=place, started_at=now - timedelta(hours=1), last_seen_at=now)
            for place in self.places
        )

    def clock(self, seconds):
        CourseProgress.objects.update(counted_to=timezone.now() - timedelta(seconds=seconds))

    def page(self, learner=0, *, name="a", lesson=0):
        place, item = self.places[learner], self.lessons[lesson]
        ticket = pages.ticket_for(place.person_id, place.pk, item.pk, item.criterion)
        page = pages.page_of(ticket)
        return page._replace(page=name, opened=page.opened - 3000)

    def said(self, learner=0, *, name="a", lesson=0, number=1, start=0, seconds=10):
        beat = Beat(number, seconds, [Played("7", start, start + seconds, 1.0)])
        return Said(self.page(learner, name=name, lesson=lesson), [beat], 0.5)


def rows():
    """What is stored of everybody, without the moments."""
    kept = ItemProgress.objects.order_by("enrollment", "item").values_list(
        "enrollment", "item", "seconds", "position", "evidence"
    )
    seconds = CourseProgress.objects.order_by("pk").values_list("pk", "seconds")
    listed = Review.objects.order_by("enrollment", "item").values_list("enrollment", "item", "state", "cause")
    return list(kept), list(seconds), list(listed)


def test_each_is_heard_and_answered_in_her_turn():
    group = Class(3)

    answers = hear_all([group.said(2), group.said(0, number=4), group.said(1)])

    assert answers == [(1, False), (4, False), (1, False)]
    kept, seconds, _listed = rows()
    assert [(pk, item, spent) for pk, item, spent, *_ in kept] == [
        (place.pk, group.lessons[0].pk, 10) for place in group.places
    ]
    assert [spent for _pk, spent in seconds] == [10, 10, 10]


def test_who_is_refused_gets_her_own_refusal_and_the_others_are_heard():
    group = Class(5)
    Enrollment.objects.filter(pk=group.places[1].pk).update(status="withdrawn")
    CourseProgress.objects.filter(pk=group.places[2].pk).delete()
    over = Class(1)
    over.run.ends_at = timezone.now()
    over.run.save()
    elses = group.said(3)
    elses = elses._replace(page=elses.page._replace(person_id=group.places[4].person_id))

    answers = hear_all([group.said(0), group.said(1), group.said(2), over.said(0), elses, group.said(4)])

    assert [type(answer) for answer in answers] == [
        services.Heard,
        errors.NotLearning,
        errors.NotLearning,
        errors.RunOver,
        errors.NotLearning,
        services.Heard,
    ]
    assert ItemProgress.objects.count() == 2


def test_pages_of_one_learner_in_one_group_share_the_clock():
    group = Class(1)
    group.clock(15)

    hear_all([group.said(name="a"), group.said(name="b", lesson=1), group.said(name="c", start=50)])

    kept, [(_pk, seconds)], _listed = rows()
    assert seconds == 15
    assert sorted(spent for _pk, _item, spent, *_ in kept) == [5, 10]


def test_what_is_sent_twice_in_one_group_is_heard_once():
    group = Class(1)

    first, again = hear_all([group.said(), group.said()])

    assert first == again == (1, False)
    assert CourseProgress.objects.get().seconds == 10


def test_enough_is_said_to_her_who_reaches_it():
    group = Class(2)

    half, all_of_it, rest = (
        group.said(0, seconds=60),
        group.said(1, seconds=95),
        group.said(0, number=2, start=60, seconds=40),
    )
    answers = hear_all([half, all_of_it, rest])

    assert [answer.is_enough for answer in answers] == [False, True, True]


def test_who_is_doubted_and_has_studied_enough_after_all_is_off_the_list():
    group = Class(2)
    group.clock(100)
    doubted = [group.said(learner, start=12, seconds=1000) for learner in range(2)]
    # The grace of one report is what is left to see.
    enough = group.said(1, number=2, start=0, seconds=3)

    answers = hear_all([*doubted, enough])

    assert [answer.is_enough for answer in answers] == [False, False, True]
    assert [state for *_, state, _cause in rows()[2]] == ["open", "studied"]


def test_only_who_is_signed_in_as_the_learner_of_the_page_is_heard(client_for):
    group = Class(2)
    own, anothers = (
        client_for(place.person).cookies[django_settings.SESSION_COOKIE_NAME].value for place in group.places
    )

    for session in ("", "x" * 32, "../../etc/passwd", "\x00", "9" * 400):
        with pytest.raises(errors.SignInFirst):
            services.hear(group.said(), session)
    with pytest.raises(errors.AnothersPage):
        services.hear(group.said(), anothers)
    assert not ItemProgress.objects.exists()

    assert services.hear(group.said(), own) == (1, False)


def test_sessions_that_the_cache_has_lost_are_found_with_one_query(client_for, queries_of):
    group = Class(6)
    sent = [
        (client_for(place.person).cookies[django_settings.SESSION_COOKIE_NAME].value, group.said(learner))
        for learner, place in enumerate(group.places)
    ]
    known = queries_of(hearing._hear_signed_in, sent)
    cache.clear()

    assert queries_of(hearing._hear_signed_in, sent) == known + 1
    assert queries_of(hearing._hear_signed_in, sent) == known


def test_two_beats_cost_as_many_statements_as_two_hundred(queries_of):
    group = Class(200)

    def cost(size, seconds):
        group.begin()
        group.clock(20)
        return queries_of(hear_all, [group.said(learner, seconds=seconds) for learner in range(size)])

    assert cost(2, 10) == cost(200, 10)
    assert cost(2, 1000) == cost(200, 1000)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            dict,
            learner=st.integers(0, 2),
            name=st.sampled_from("ab"),
            lesson=st.integers(0, 1),
            number=st.integers(1, 4),
            start=st.integers(0, 100),
            seconds=st.sampled_from([0, 5, 40, 99, 400]),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_a_group_comes_to_what_its_members_come_to_one_by_one(reports):
    group = Class(3)
    said = [group.said(**report) for report in reports]
    moment = timezone.now()
    results = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing.timezone, "now", lambda: moment)
        for groups in ([said], [[each] for each in said]):
            group.begin()
            CourseProgress.objects.update(counted_to=moment - timedelta(seconds=60))
            answers = [answer for each in groups for answer in hear_all(each)]
            results.append((rows(), [answer.is_enough for answer in answers]))

    assert results[0] == results[1]
