"""Every write of quizzes, attempts and practice."""

import logging
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, JSONField
from django.utils import timezone

from assessments.bank.kinds import Answer, kinds
from assessments.bank.models import Question
from assessments.quizzes import errors, rules
from assessments.quizzes.models import Attempt, Practice, Quiz, QuizQuestion, Response
from assessments.quizzes.queries import (
    activity_of,
    entries_of,
    passing_grade,
    places_on,
    standing,
    tries_at,
    versions_of,
)
from assessments.quizzes.querysets import MergedJson
from courses.catalog.models import OutlineItem
from courses.catalog.services import activity_changed
from lms.common.errors import Refused
from lms.common.statements import Statement, Update, given, given_id
from lms.enrollment.models import Enrollment
from lms.progress.errors import Locked, NotInCourse, NotLearning
from lms.progress.queries import obstacle
from lms.progress.services import report

if TYPE_CHECKING:
    from courses.catalog.models import Course

logger = logging.getLogger(__name__)


@transaction.atomic
def save_quiz(
    title: str,
    questions: Sequence[tuple[Question, Decimal | int]],
    *,
    passing_grade: Decimal | int = 70,
    attempts_allowed: int | None = 3,
    minutes: int | None = None,
    feedback: str = Quiz.Feedback.FULL,
    shuffle: bool = False,
    course: "Course | None" = None,
    instructions: str = "",
    quiz: Quiz | None = None,
) -> Quiz:
    """Make a quiz, or change one.

    Attempts under way keep their papers; the next ones follow the change, and so do the lessons that hold the quiz.
    """
    if len({question.pk for question, _points in questions}) < len(questions):
        raise errors.InvalidQuiz
    quiz = quiz or Quiz()
    quiz.title, quiz.course, quiz.instructions = title[:200], course, instructions
    quiz.passing_grade, quiz.attempts_allowed, quiz.minutes = Decimal(passing_grade), attempts_allowed, minutes
    quiz.feedback, quiz.shuffle = Quiz.Feedback(feedback), shuffle
    quiz.save()
    quiz.places.all().delete()
    QuizQuestion.objects.bulk_create(
        QuizQuestion(quiz=quiz, question=question, position=position, points=Decimal(points))
        for position, (question, points) in enumerate(questions)
    )
    activity_changed("quiz", quiz.pk, title=quiz.title, passing_grade=quiz.passing_grade)
    return quiz


def start(enrollment: Enrollment, item: OutlineItem) -> Attempt:
    """The attempt to work on: the open one, or a new one with its paper fixed.

    Safe to repeat and to call from two devices at once: there is one open attempt, and everyone gets it.
    """
    now = timezone.now()
    tries = [close_if_over(attempt) for attempt in tries_at(item, enrollment)]
    for attempt in tries:
        if attempt.state == Attempt.State.OPEN:
            return attempt
    _check(enrollment, item, now)
    quiz = Quiz.objects.get(pk=activity_of(item))
    where = standing(quiz, item, tries)
    if not where.may_start:
        raise errors.AlreadyPassed if where.has_passed and where.is_graded_by_pass else errors.NoAttemptsLeft
    paper = _paper(quiz)
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                quiz=quiz,
                enrollment=enrollment,
                item=item,
                number=where.used + 1,
                paper=paper,
                started_at=now,
                deadline_at=rules.deadline(now, quiz.minutes, enrollment.run.ends_at),
            )
    except IntegrityError:
        # The other half of a double click was first; its attempt is the one.
        other: Attempt | None = Attempt.objects.open().filter(enrollment=enrollment, item=item).first()
        if other is None:
            raise
        return other


def _check(enrollment: Enrollment, item: OutlineItem, now: datetime) -> None:
    """Raise what keeps the learner from doing anything that counts now."""
    refusal = obstacle(enrollment, item, now)
    if refusal is not None:
        raise refusal


def _paper(quiz: Quiz) -> list[dict[str, Any]]:
    questions = [
        (version, kind, points, kinds[kind].parts(body) if body is not None else ())
        for version, kind, points, body in places_on(quiz)
    ]
    if not questions:
        raise errors.QuizEmpty
    return rules.paper(questions, random.SystemRandom() if quiz.shuffle else None)


def save_answers(attempt: Attempt, answers: Mapping[str, Answer]) -> datetime:
    """Keep answers, by version id, beside those saved before; returns the moment they were saved.

    One atomic statement: what two devices save at once is all kept, and nothing changes after the attempt is closed.
    """
    now = timezone.now()
    if attempt.state != Attempt.State.OPEN:
        raise errors.AttemptClosed
    if rules.is_over(attempt.deadline_at, now):
        raise errors.TimeOver
    known = rules.known_answers(answers, (entry["version"] for entry in attempt.paper))
    if known and not _SAVED(pk=attempt.pk, answers=known):
        raise errors.AttemptClosed
    return now


_SAVED = Update(
    lambda: Attempt.objects.open().filter(pk=given_id("pk")),
    answers=MergedJson(F("answers"), given("answers", JSONField())),
)


@transaction.atomic
def submit(attempt: Attempt, answers: Mapping[str, Answer] | None = None) -> Attempt:
    """Close the attempt, mark what was saved, and report the grade to progress, all or nothing.

    ``answers`` that come with it count when they arrive in time. Safe to repeat: the first call closes it, later ones
    return it as it is.
    """
    attempt = _locked(attempt)
    if attempt.state == Attempt.State.SUBMITTED:
        return attempt
    now = timezone.now()
    is_late = rules.is_over(attempt.deadline_at, now)
    if answers and not is_late:
        asked = (entry["version"] for entry in attempt.paper)
        attempt.answers = {**attempt.answers, **rules.known_answers(answers, asked)}
    responses = _marked(attempt)
    attempt.state = Attempt.State.SUBMITTED
    attempt.submitted_at = attempt.deadline_at if is_late else now
    attempt.grade = rules.grade((response.fraction, response.points) for response in responses)
    needed = passing_grade(attempt.quiz, attempt.item)
    attempt.has_passed = needed is None or attempt.grade >= needed
    attempt.save(update_fields=["answers", "state", "submitted_at", "grade", "has_passed"])
    Response.objects.bulk_create(responses)
    _report(attempt.enrollment, attempt.item, attempt.grade)
    return attempt


def _locked(attempt: Attempt) -> Attempt:
    """The attempt as it is now, held to the end of the transaction."""
    found = _LOCKED.first(pk=attempt.pk)
    if found is None:
        raise Attempt.DoesNotExist
    return found


_LOCKED: Statement[Attempt] = Statement(
    lambda: (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("quiz", "item", "enrollment__run__course")
        .defer(
            *(f"enrollment__run__course__{name}" for name in ("about_html", "search_text", "audience")),
        )
        .filter(pk=given_id("pk"))
        .order_by()
    )
)


def _marked(attempt: Attempt) -> list[Response]:
    found = versions_of(attempt)
    responses = []
    for entry in entries_of(attempt, found):
        version = found[entry["version"]]
        answer = attempt.answers.get(str(version.pk))
        mark = kinds[entry["kind"]].grade(version.body, answer)
        responses.append(
            Response(
                attempt=attempt,
                version=version,
                answer=answer,
                fraction=mark.fraction.quantize(Decimal("0.0001")),
                points=Decimal(entry["points"]),
            )
        )
    return responses


def _report(enrollment: Enrollment, item: OutlineItem, score: Decimal) -> None:
    is_enough = item.passing_grade is None or score >= item.passing_grade
    try:
        report(enrollment, item, completed=is_enough, score=score)
    except (NotInCourse, NotLearning, Locked) as refusal:
        # The course moved on under an attempt that was open: its grade stays with the attempt.
        logger.info("enrollment %s item %s: grade not reported, %s", enrollment.pk, item.pk, refusal.code)


def close_if_over(attempt: Attempt) -> Attempt:
    """Submit an open attempt whose time has run out; any other is returned as it is."""
    if attempt.state == Attempt.State.OPEN and rules.is_over(attempt.deadline_at, timezone.now()):
        return submit(attempt)
    return attempt


def close_overdue(*, limit: int = 200) -> int:
    """Submit what was saved in attempts whose time has run out; returns how many were found. Safe to repeat."""
    overdue = list(Attempt.objects.overdue(timezone.now()).order_by("deadline_at").only("pk")[:limit])
    for attempt in overdue:
        try:
            submit(attempt)
        except Refused:
            logger.exception("attempt %s could not be closed", attempt.pk)
    return len(overdue)


def practice(enrollment: Enrollment, item: OutlineItem, answer: Answer) -> Practice:
    """Mark an answer to a question inside a lesson, as often as the learner likes; the best mark is kept.

    A required question is complete once it was answered, unless the outline names a passing grade.
    """
    now = timezone.now()
    _check(enrollment, item, now)
    question = Question.objects.select_related("current").get(pk=activity_of(item))
    version = question.current
    if version is None:
        raise errors.QuizEmpty
    fraction = kinds[question.kind].grade(version.body, answer).fraction.quantize(Decimal("0.0001"))
    with transaction.atomic():
        Practice.objects.bulk_create(
            [
                Practice(
                    enrollment=enrollment,
                    item=item,
                    version=version,
                    answer=answer,
                    fraction=0,
                    tries=0,
                    answered_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        done = Practice.objects.select_for_update(of=("self",)).get(enrollment=enrollment, item=item)
        if done.version_id != version.pk:
            done.version, done.tries = version, 0
        done.answer, done.answered_at, done.tries = answer, now, done.tries + 1
        done.fraction = max(done.fraction, fraction)
        done.save()
        _report(enrollment, item, 100 * done.fraction)
    return done
