import pytest
from django.urls import reverse

from assessments.bank.blocks import QuestionChooserBlock
from assessments.bank.services import save_question
from assessments.quizzes.blocks import QuizChooserBlock
from assessments.quizzes.models import Quiz
from lms.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    person = Person.objects.create(full_name="Admin", email="admin@example.org", is_superuser=True)
    client.force_login(person)
    return person


@pytest.mark.parametrize("name", ["question_chooser", "quiz_chooser"])
def test_the_choosers_open_search_and_give_what_was_chosen(client, administrator, name):
    question = save_question("text", "Findable question", {"text": "?", "answers": ["a"]})
    quiz = Quiz.objects.create(title="Findable quiz")
    chosen = question if name == "question_chooser" else quiz

    opened = client.get(reverse(f"{name}:choose"))
    found = client.get(reverse(f"{name}:choose_results"), {"q": "findable"})
    lost = client.get(reverse(f"{name}:choose_results"), {"q": "nothing like it"})
    answer = client.get(reverse(f"{name}:chosen", args=[chosen.pk]))

    assert opened.status_code == 200
    assert b"Findable" in found.content
    assert b"Findable" not in lost.content
    assert answer.json()["result"]["title"] == str(chosen)


def test_the_blocks_hold_ids():
    question = save_question("text", "A question", {"text": "?", "answers": ["a"]})
    quiz = Quiz.objects.create(title="A quiz")

    assert QuestionChooserBlock().to_python(question.pk) == question
    assert QuizChooserBlock().to_python(quiz.pk) == quiz
