"""Quizzes and questions as they stand inside a lesson."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.bank.models import Question
from assessments.quizzes import queries
from assessments.quizzes.models import Attempt, Quiz
from courses.catalog.models import OutlineItem
from lms.common.registry import Placed
from lms.enrollment.models import Enrollment


def place_quizzes(asked: Sequence[Mapping[str, Any]]) -> list[Placed | None]:
    """What outlines keep of quizzes: their own passing grade, wherever they stand."""
    found = Quiz.objects.in_bulk({int(each["quiz"]) for each in asked})
    quizzes = (found.get(int(each["quiz"])) for each in asked)
    return [Placed(quiz.title, quiz.passing_grade) if quiz else None for quiz in quizzes]


def place_questions(asked: Sequence[Mapping[str, Any]]) -> list[Placed | None]:
    """What outlines keep of practice questions: one that is required wants a right answer, not just any."""
    found = Question.objects.in_bulk({int(each["question"]) for each in asked})
    questions = (found.get(int(each["question"])) for each in asked)
    return [Placed(question.title, Decimal(100)) if question else None for question in questions]


def quiz_cards(request: HttpRequest, enrollment: Enrollment | None, items: Sequence[OutlineItem]) -> dict[int, str]:
    """A card for each quiz of a lesson: what it is and where the learner stands. Two queries."""
    quizzes = Quiz.objects.annotate(question_count=Count("places")).in_bulk([item.activity_id for item in items])
    tries = queries.attempts(enrollment, [item.pk for item in items]) if enrollment else []
    cards: dict[int, str] = {}
    for number, item in enumerate(items):
        quiz = quizzes.get(item.activity_id or 0)
        if quiz is None:
            continue
        mine = [attempt for attempt in tries if attempt.item_id == item.pk]
        context = {
            "quiz": quiz,
            "item": item,
            "enrollment": enrollment,
            "standing": queries.standing(quiz, item, mine),
            "last": next((attempt for attempt in reversed(mine) if attempt.state == Attempt.State.SUBMITTED), None),
            "now": timezone.now(),
            "is_first": number == 0,
        }
        cards[item.pk] = render_to_string("quizzes/card.html", context, request)
    return cards


def practice_forms(request: HttpRequest, enrollment: Enrollment | None, items: Sequence[OutlineItem]) -> dict[int, str]:
    """The form of each practice question of a lesson, with the learner's last answer. Two queries."""
    return {
        item_id: render_to_string(
            "quizzes/practice.html",
            {"enrollment": enrollment, "question": question, "next": request.path, "is_first": number == 0},
            request,
        )
        for number, (item_id, question) in enumerate(queries.practice_questions(enrollment, items).items())
    }
