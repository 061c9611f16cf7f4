"""Course pages, questions and quizzes for tests."""

from typing import Any

from assessments.bank.models import Question
from assessments.bank.services import save_question
from courses.pages.models import CoursePage
from courses.pages.services import Block, CourseDraft, LessonDraft, SectionDraft, create_course


def make_question(title: str = "Two and two") -> Question:
    """A question with one right choice, ``b``."""
    choices = [{"id": "a", "html": "3", "correct": False}, {"id": "b", "html": "4", "correct": True}]
    return save_question("choice", title, {"text": "<p>2 + 2?</p>", "choices": choices})


def make_course_page(*bodies: list[Block], is_gate: bool = False, **values: Any) -> CoursePage:
    """A course with one section and a lesson for each body, not published."""
    lessons = [LessonDraft(f"Lesson {n}", minutes=10, body=body) for n, body in enumerate(bodies, start=1)]
    values.setdefault("title", "Serving well")
    return create_course(CourseDraft(sections=[SectionDraft("First", lessons, is_gate=is_gate)], **values))
