"""A course from its first title to its learners, written by an author who is nothing else."""

import json
import uuid

import pytest
from django.urls import reverse

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz
from courses.catalog.models import Course, OutlineItem
from courses.pages.models import CoursePage, HomePage, LessonPage, SectionPage
from tests.factories.people import PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db


def rich(text: str) -> str:
    line = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [line], "entityMap": {}})


def add(client, kind: str, parent, **fields):
    response = client.post(f"/cms/pages/add/pages/{kind}/{parent.pk}/", {"action-publish": "1", **fields})
    assert response.status_code == 302, response.context["form"].errors


def question_fields() -> dict[str, str]:
    fields = {
        "kind": "choice",
        "title": "Two and two",
        "course": "",
        "body-text": rich("2 + 2?"),
        "body-feedback": "null",
    }
    fields |= {"body-hints-count": "0", "body-choices-count": "2"}
    for number, text in enumerate(["4", "5"]):
        row = f"body-choices-{number}"
        fields |= {f"{row}-deleted": "", f"{row}-order": str(number), f"{row}-type": "item", f"{row}-id": ""}
        fields |= {f"{row}-value-html": rich(text), f"{row}-value-feedback": "null"}
    return fields | {"body-choices-0-value-correct": "on"}


def quiz_fields(question: Question) -> dict[str, str]:
    return {
        "title": "Final test",
        "course": "",
        "instructions": "",
        "passing_grade": "75",
        "attempts_allowed": "2",
        "minutes": "",
        "feedback": "full",
        "questions-count": "1",
        "questions-0-deleted": "",
        "questions-0-order": "0",
        "questions-0-id": "",
        "questions-0-value-question": str(question.pk),
        "questions-0-value-points": "1",
    }


@pytest.fixture
def author(client_for):
    return client_for(RoleFactory(kind="author").person)


def test_an_author_makes_and_publishes_a_whole_course(author):
    author.post(reverse("questions:add"), question_fields())
    question = Question.objects.get()
    author.post(reverse("quiz_editor:add"), quiz_fields(question))
    quiz = Quiz.objects.get()
    about = {"summary": "In short.", "about": rich("At length."), "jp": "4", "language": "id", "has_certificate": "on"}

    add(author, "coursepage", HomePage.objects.get(), title="Serving well", slug="serving-well", **about)
    add(author, "sectionpage", CoursePage.objects.get(), title="First", slug="first")
    blocks = {"body-count": "3"}
    values = [("text", rich("Read this.")), ("question", question), ("quiz", quiz)]
    for number, (name, value) in enumerate(values):
        row = f"body-{number}"
        blocks |= {
            f"{row}-deleted": "",
            f"{row}-order": str(number),
            f"{row}-type": name,
            f"{row}-id": str(uuid.uuid4()),
        }
        if name == "text":
            blocks[f"{row}-value"] = value
        else:
            blocks |= {f"{row}-value-{name}": str(value.pk), f"{row}-value-is_required": "on"}
    add(author, "lessonpage", SectionPage.objects.get(), title="Lesson", slug="lesson", minutes="10", **blocks)

    course = Course.objects.published().get()
    items = list(OutlineItem.objects.filter(course=course).current())
    assert [item.kind for item in items] == ["section", "lesson", "activity", "activity"]
    assert items[3].passing_grade == 75
    lesson = LessonPage.objects.get()
    assert author.get(f"/cms/pages/{lesson.pk}/edit/").status_code == 200
    assert author.get(f"/cms/pages/{lesson.pk}/view_draft/").status_code == 200
    assert author.get(reverse("transfer:imports")).status_code == 200


def test_the_cms_opens_with_ones_own_courses(author):
    about = {"summary": "In short.", "about": rich("At length."), "jp": "4", "language": "id"}

    add(author, "coursepage", HomePage.objects.get(), title="Mine", slug="mine", **about)

    assert "Mine" in author.get("/cms/").content.decode()


def test_names_and_languages_are_not_kept_once_more_in_the_cms(author):
    assert author.get("/cms/account/").url == reverse("people:me")


@pytest.mark.parametrize("address", ["/cms/users/", "/cms/groups/", "/cms/sites/", "/cms/collections/"])
def test_what_belongs_to_nobody_is_closed_to_authors(author, address):
    assert author.get(address).status_code in {302, 403}


def test_no_password_is_set_in_the_cms(client):
    for address in ("/cms/password_reset/", "/cms/password_reset/done/", "/cms/account/change_password/"):
        assert client.get(address).status_code in {302, 404}


@pytest.mark.parametrize(
    "address", ["/cms/", "/cms/images/", "/cms/questions/", "/cms/quiz_editor/", "/cms/categories/", "/cms/imports/"]
)
def test_learners_stay_outside(client_for, address):
    response = client_for(PersonFactory()).get(address, follow=True)

    assert response.status_code == 403


def test_a_new_passing_grade_reaches_the_lessons_that_are_published(author):
    author.post(reverse("questions:add"), question_fields())
    author.post(reverse("quiz_editor:add"), quiz_fields(Question.objects.get()))
    quiz = Quiz.objects.get()
    about = {"summary": "In short.", "about": rich("At length."), "jp": "4", "language": "id"}
    add(author, "coursepage", HomePage.objects.get(), title="Serving well", slug="serving-well", **about)
    add(author, "sectionpage", CoursePage.objects.get(), title="First", slug="first")
    row = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "quiz"}
    row |= {"body-0-id": str(uuid.uuid4()), "body-0-value-quiz": str(quiz.pk), "body-0-value-is_required": "on"}
    add(author, "lessonpage", SectionPage.objects.get(), title="Lesson", slug="lesson", minutes="10", **row)

    author.post(
        reverse("quiz_editor:edit", args=[quiz.pk]),
        {**quiz_fields(Question.objects.get()), "passing_grade": "60", "title": "Last test"},
    )

    item = OutlineItem.objects.get(activity_kind="quiz")
    assert (item.passing_grade, item.title) == (60, "Last test")
