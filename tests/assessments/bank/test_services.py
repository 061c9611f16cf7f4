import pytest

from assessments.bank.errors import InvalidQuestion
from assessments.bank.services import save_question

pytestmark = pytest.mark.django_db
NUMBER = {"text": "How much?", "answer": "3.5"}


def test_a_new_question_has_its_first_version():
    question = save_question("number", "Half of seven", NUMBER)

    assert question.current.number == 1
    assert question.current.body["answer"] == "3.5"


def test_a_changed_body_makes_a_new_version_and_leaves_the_old_one():
    question = save_question("number", "Half of seven", NUMBER)
    first = question.current

    changed = save_question("number", "Half of seven", {**NUMBER, "answer": "4"}, question=question)

    assert changed.current.number == 2
    first.refresh_from_db()
    assert first.body["answer"] == "3.5"


def test_an_unchanged_body_makes_no_version():
    question = save_question("number", "Half of seven", NUMBER)

    renamed = save_question("number", "Seven halved", {**NUMBER, "answer": "3,5"}, question=question)

    assert renamed.title == "Seven halved"
    assert renamed.current_id == question.current_id
    assert question.versions.count() == 1


def test_an_unknown_kind_and_a_change_of_kind_are_refused():
    question = save_question("number", "Half of seven", NUMBER)

    with pytest.raises(InvalidQuestion):
        save_question("riddle", "?", NUMBER)
    with pytest.raises(InvalidQuestion):
        save_question("text", "?", {"text": "?", "answers": ["a"]}, question=question)
