"""Questions, quizzes and learners in front of them, for tests."""

from assessments.bank.models import Question
from assessments.bank.services import save_question
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import save_quiz
from courses.catalog.models import OutlineItem
from lms.enrollment.models import Enrollment
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory


def choice_question(title: str = "A choice", right: str = "a") -> Question:
    choices = [
        {"id": part, "html": f"Choice {part}", "correct": part == right, "feedback": f"About {part}"} for part in "abc"
    ]
    body = {"text": f"<p>{title}?</p>", "choices": choices, "feedback": "The explanation"}
    return save_question("choice", title, body)


def one_of_each_kind() -> list[Question]:
    """Right answers: a, [a, b], y, merdeka, 3,5 and c*m."""
    several = [{"id": part, "html": f"Several {part}", "correct": part in "ab"} for part in "abc"]
    options = [{"id": part, "text": f"Option {part}", "correct": part == "y"} for part in "xy"]
    return [
        choice_question(),
        save_question("multiple", "Several", {"text": "Several?", "choices": several}),
        save_question("dropdown", "Drop-down", {"text": "Which?", "options": options}),
        save_question("text", "Text", {"text": "Say it", "answers": ["merdeka"]}),
        save_question("number", "Number", {"text": "How much?", "answer": "3.5", "tolerance": "0.1"}),
        save_question(
            "formula", "Formula", {"text": "Formula?", "answer": "m*c", "samples": {"m": [1, 2], "c": [1, 2]}}
        ),
    ]


RIGHT_ANSWERS = ["a", ["a", "b"], "y", "Merdeka", "3,5", "c*m"]


def a_quiz(questions: int = 4, **settings: object) -> Quiz:
    return save_quiz(
        "Tes akhir",
        [(choice_question(f"Question {number}"), 1) for number in range(questions)],
        **settings,  # type: ignore[arg-type]
    )


def quiz_item(quiz: Quiz, enrollment: Enrollment | None = None, **settings: object) -> tuple[Enrollment, OutlineItem]:
    """A learner with a seat, and the quiz in a lesson of her course."""
    enrollment = enrollment or EnrollmentFactory()
    lesson = OutlineItemFactory(course=enrollment.run.course, kind="lesson", is_required=False)
    item = OutlineItemFactory(
        course=enrollment.run.course,
        parent=lesson,
        kind="activity",
        activity_kind="quiz",
        activity_id=quiz.pk,
        title=quiz.title,
        **{"passing_grade": quiz.passing_grade, **settings},
    )
    return enrollment, item


def practice_item(
    question: Question, enrollment: Enrollment | None = None, **settings: object
) -> tuple[Enrollment, OutlineItem]:
    """A learner with a seat, and the question in a lesson of her course."""
    enrollment = enrollment or EnrollmentFactory()
    lesson = OutlineItemFactory(course=enrollment.run.course, kind="lesson", is_required=False)
    item = OutlineItemFactory(
        course=enrollment.run.course,
        parent=lesson,
        kind="activity",
        activity_kind="question",
        activity_id=question.pk,
        title=question.title,
        **settings,
    )
    return enrollment, item
