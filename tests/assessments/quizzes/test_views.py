from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from assessments.quizzes import services
from assessments.quizzes.models import Attempt, Practice
from lms.common.registry import activities
from tests.factories.assessments import a_quiz, choice_question, one_of_each_kind, practice_item, quiz_item
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client):
    """Signs in the learner of the enrollment it is called with."""

    def sign_in(enrollment):
        client.force_login(enrollment.person)
        return client

    return sign_in


def form_of(attempt, answers):
    versions = [entry["version"] for entry in attempt.paper]
    return {"question": versions, **{f"q{v}": answer for v, answer in zip(versions, answers, strict=False)}}


def test_a_learner_takes_a_quiz_without_any_script(learner):
    quiz = services.save_quiz("Everything", [(question, 1) for question in one_of_each_kind()], minutes=10)
    enrollment, item = quiz_item(quiz)
    client = learner(enrollment)
    start = reverse("quizzes:start", args=[enrollment.pk, item.pk])

    assert client.get(start).status_code == 200
    page = client.post(start, follow=True)
    attempt = Attempt.objects.get()
    assert page.status_code == 200
    saved = client.post(
        reverse("quizzes:save", args=[attempt.pk]),
        {**form_of(attempt, ["a", ["a", "b"], "y", "merdeka", "3,5", "m*c"]), "check": "1"},
        follow=True,
    )
    assert saved.context["unanswered"] == []
    result = client.post(reverse("quizzes:submit", args=[attempt.pk]), follow=True)

    assert result.status_code == 200
    assert result.context["attempt"].grade == 100
    assert client.get(start).status_code == 200


def test_a_script_saves_one_answer_and_is_told_when(learner):
    enrollment, item = quiz_item(a_quiz(2))
    attempt = services.start(enrollment, item)
    version = attempt.paper[0]["version"]

    answer = learner(enrollment).post(
        reverse("quizzes:save", args=[attempt.pk]),
        {"question": version, f"q{version}": "a"},
        headers={"accept": "application/json"},
    )

    assert answer.json()["saved_at"]
    attempt.refresh_from_db()
    assert attempt.answers == {str(version): "a"}


def test_a_script_that_saves_too_late_is_told_so(learner):
    enrollment, item = quiz_item(a_quiz(1, minutes=5))
    attempt = services.start(enrollment, item)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))

    answer = learner(enrollment).post(
        reverse("quizzes:save", args=[attempt.pk]),
        {"question": attempt.paper[0]["version"]},
        headers={"accept": "application/json"},
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "time_over"


def test_opening_the_page_after_the_time_shows_the_result(learner):
    enrollment, item = quiz_item(a_quiz(1, minutes=5))
    attempt = services.start(enrollment, item)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))

    page = learner(enrollment).get(reverse("quizzes:attempt", args=[attempt.pk]), follow=True)

    assert page.redirect_chain[-1][0] == reverse("quizzes:review", args=[attempt.pk])


@pytest.mark.parametrize("name", ["attempt", "submit", "review"])
def test_no_page_of_an_attempt_holds_the_key_while_it_can_be_used(learner, name):
    enrollment, item = quiz_item(a_quiz(3))
    attempt = services.start(enrollment, item)
    if name == "review":
        services.submit(attempt, {str(attempt.paper[0]["version"]): "b"})

    content = learner(enrollment).get(reverse(f"quizzes:{name}", args=[attempt.pk])).content.decode()

    assert "The explanation" not in content
    assert "About a" not in content
    assert "correct" not in content


def test_attempts_of_others_do_not_exist(client):
    enrollment, item = quiz_item(a_quiz(1))
    attempt = services.start(enrollment, item)
    client.force_login(PersonFactory())

    for name in ("attempt", "submit", "review"):
        assert client.get(reverse(f"quizzes:{name}", args=[attempt.pk])).status_code == 404
    for name in ("save", "submit"):
        assert client.post(reverse(f"quizzes:{name}", args=[attempt.pk])).status_code == 404
    assert client.get(reverse("quizzes:start", args=[enrollment.pk, item.pk])).status_code == 404
    assert client.post(reverse("quizzes:start", args=[enrollment.pk, item.pk])).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.OPEN


def test_strangers_are_asked_to_sign_in(client):
    enrollment, item = quiz_item(a_quiz(1))
    attempt = services.start(enrollment, item)

    assert client.get(reverse("quizzes:attempt", args=[attempt.pk])).status_code == 302
    assert client.post(reverse("quizzes:save", args=[attempt.pk])).status_code == 302


def test_a_quiz_of_another_course_cannot_be_reached_through_ones_own_seat(learner):
    mine, _item = quiz_item(a_quiz(1))
    _theirs, item = quiz_item(a_quiz(1))

    assert learner(mine).get(reverse("quizzes:start", args=[mine.pk, item.pk])).status_code == 404


def test_practice_answers_in_place_and_without_script(learner):
    enrollment, item = practice_item(choice_question())
    client = learner(enrollment)
    address = reverse("quizzes:practice", args=[enrollment.pk, item.pk])

    in_place = client.post(address, {f"q{item.pk}": "b", "next": "/learn/1/"}, headers={"hx-request": "true"})
    plain = client.post(address, {f"q{item.pk}": "a", "next": "/learn/1/#activity-1"})
    elsewhere = client.post(address, {f"q{item.pk}": "a", "next": "https://example.org/"})
    empty = client.post(address, {"next": "/learn/1/"}, headers={"hx-request": "true"})

    assert b"About b" in in_place.content
    assert b"The explanation" not in in_place.content
    assert plain["Location"] == "/learn/1/#activity-1"
    assert elsewhere["Location"] == "/learn/"
    assert empty.status_code == 422
    assert Practice.objects.get().tries == 3


def test_practice_shows_the_key_after_three_tries(learner):
    enrollment, item = practice_item(choice_question())
    client = learner(enrollment)
    address = reverse("quizzes:practice", args=[enrollment.pk, item.pk])

    pages = [client.post(address, {f"q{item.pk}": "b"}, headers={"hx-request": "true"}).content for _try in range(3)]

    assert [b"The explanation" in page for page in pages] == [False, False, True]


def lesson_of(kind, number, enrollment=None):
    found = []
    for _item in range(number):
        if kind == "quiz":
            enrollment, item = quiz_item(a_quiz(2), enrollment)
        else:
            enrollment, item = practice_item(choice_question(), enrollment)
        found.append(item)
    return enrollment, found


@pytest.mark.parametrize("kind", ["quiz", "question"])
def test_activities_of_a_lesson_cost_the_same_for_one_or_many(kind, django_assert_num_queries):
    enrollment, items = lesson_of(kind, 6)
    request = RequestFactory().get("/")

    for some in (items[:1], items):
        with django_assert_num_queries(2):
            shown = activities[kind].render(request, enrollment, some)
        assert len(shown) == len(some)


@pytest.mark.parametrize("kind", ["quiz", "question"])
def test_an_author_previews_activities_without_a_learner(kind):
    _enrollment, items = lesson_of(kind, 2)

    shown = activities[kind].render(RequestFactory().get("/"), None, items)

    assert all("<form method=" not in html.replace('<form class="stack" method="post">', "") for html in shown.values())


@pytest.mark.parametrize(("name", "queries"), [("attempt", 2), ("submit", 2), ("review", 7)])
def test_pages_of_an_attempt_cost_the_same_for_few_or_many_questions(learner, django_assert_num_queries, name, queries):
    for number in (2, 20):
        enrollment, item = quiz_item(a_quiz(number))
        attempt = services.start(enrollment, item)
        if name == "review":
            services.submit(attempt)
        client = learner(enrollment)
        # What questions say is read once by the process, whoever asks first.
        client.get(reverse(f"quizzes:{name}", args=[attempt.pk]))
        with django_assert_num_queries(queries):
            client.get(reverse(f"quizzes:{name}", args=[attempt.pk]))


def test_saving_costs_one_read_and_one_write(learner, django_assert_num_queries):
    enrollment, item = quiz_item(a_quiz(20))
    attempt = services.start(enrollment, item)
    client = learner(enrollment)

    with django_assert_num_queries(2):  # the attempt with its person, the answer
        client.post(
            reverse("quizzes:save", args=[attempt.pk]),
            form_of(attempt, ["a"] * 20),
            headers={"accept": "application/json"},
        )
