import pytest
from django.urls import reverse

from assessments.bank.authoring import body_block, to_body, to_fields
from assessments.bank.kinds import clean, kinds
from assessments.bank.models import Question
from assessments.quizzes.models import Quiz
from tests.assessments.bank.test_kinds import BODIES
from tests.factories.assessments import a_quiz, one_of_each_kind
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    client.force_login(PersonFactory(is_superuser=True))
    return client


@pytest.mark.parametrize("kind", BODIES)
def test_editing_without_changing_anything_keeps_the_body(kind):
    body = clean(kind, BODIES[kind])

    value = body_block(kind, body).to_python(to_fields(body))

    assert clean(kind, to_body(value, body)) == body


def test_every_kind_can_be_chosen_and_opened(author):
    chosen = author.get(reverse("questions:add"))

    for name, _kind in kinds.items():
        assert f"?kind={name}" in chosen.content.decode()
        assert author.get(reverse("questions:add"), {"kind": name}).status_code == 200


def test_a_teacher_writes_and_changes_a_question(author):
    fields = {
        "kind": "number",
        "title": "Half of seven",
        "course": "",
        "body-text": "null",
        "body-answer": "3,5",
        "body-tolerance": "",
        "body-range": "",
        "body-feedback": "null",
        "body-hints-count": "0",
    }
    line = '{"key":"a","text":"%s","type":"unstyled","depth":0,"inlineStyleRanges":[],"entityRanges":[]}'
    text = '{"blocks":[' + line + '],"entityMap":{}}'

    author.post(reverse("questions:add"), {**fields, "body-text": text % "How much?"})
    question = Question.objects.get()
    author.post(reverse("questions:edit", args=[question.pk]), {**fields, "body-text": text % "How many?"})
    author.post(reverse("questions:edit", args=[question.pk]), {**fields, "body-text": text % "How many?"})
    refused = author.post(
        reverse("questions:edit", args=[question.pk]), {**fields, "body-text": text % "How?", "body-answer": "x"}
    )

    question.refresh_from_db()
    assert question.current.number == 2
    assert question.current.body["answer"] == "3.5"
    assert "How many?" in question.current.body["text"]
    assert refused.status_code == 200


def test_a_teacher_puts_a_quiz_together(author):
    first, second, *_rest = one_of_each_kind()
    fields = {
        "title": "Final test",
        "course": "",
        "instructions": "",
        "passing_grade": "75",
        "attempts_allowed": "2",
        "minutes": "30",
        "feedback": "results",
        "questions-count": "2",
    }
    for number, question in enumerate([second, first]):
        fields |= {
            f"questions-{number}-id": "",
            f"questions-{number}-order": str(number),
            f"questions-{number}-deleted": "",
            f"questions-{number}-value-question": str(question.pk),
            f"questions-{number}-value-points": "2.5",
        }

    assert author.get(reverse("quiz_editor:add")).status_code == 200
    author.post(reverse("quiz_editor:add"), fields)

    quiz = Quiz.objects.get()
    assert [(place.question_id, float(place.points)) for place in quiz.places.all()] == [
        (second.pk, 2.5),
        (first.pk, 2.5),
    ]
    assert author.get(reverse("quiz_editor:edit", args=[quiz.pk])).status_code == 200


def test_the_lists_open_and_a_learner_cannot_see_them(author, client):
    a_quiz(2)

    for name in ("questions:index", "quiz_editor:index"):
        assert author.get(reverse(name)).status_code == 200
    client.force_login(PersonFactory())
    for name in ("questions:index", "questions:add", "quiz_editor:index"):
        assert client.get(reverse(name)).status_code in (302, 403)
