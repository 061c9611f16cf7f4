from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from assessments.bank.services import save_question
from assessments.quizzes import errors, services
from assessments.quizzes.models import Attempt, Response
from assessments.quizzes.queries import attempts, review, standing
from lms.enrollment.models import Enrollment
from lms.progress.errors import Locked, NotLearning, RunOver
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.assessments import (
    RIGHT_ANSWERS,
    a_quiz,
    choice_question,
    one_of_each_kind,
    practice_item,
    quiz_item,
)
from tests.factories.catalog import OutlineItemFactory

pytestmark = pytest.mark.django_db


def answers(attempt, picked):
    return {str(entry["version"]): picked for entry in attempt.paper}


def expire(attempt, seconds=60):
    attempt.deadline_at = timezone.now() - timedelta(seconds=seconds)
    attempt.save(update_fields=["deadline_at"])


def test_starting_twice_gives_the_same_attempt():
    enrollment, item = quiz_item(a_quiz())

    first = services.start(enrollment, item)
    second = services.start(enrollment, item)

    assert first.pk == second.pk
    assert first.number == 1


def test_the_paper_is_fixed_at_the_start():
    quiz = a_quiz(2)
    enrollment, item = quiz_item(quiz)
    attempt = services.start(enrollment, item)
    question = quiz.places.first().question
    old = question.current_id

    save_question("choice", "Changed", {**question.current.body, "text": "Changed?"}, question=question)
    attempt = Attempt.objects.get(pk=attempt.pk)

    assert old in [entry["version"] for entry in attempt.paper]


def test_a_shuffled_quiz_fixes_an_order_for_each_attempt():
    enrollment, item = quiz_item(a_quiz(12, shuffle=True))

    attempt = services.start(enrollment, item)

    assert all(sorted(entry["order"]) == ["a", "b", "c"] for entry in attempt.paper)


def test_every_kind_is_marked_at_submit_and_all_right_is_a_hundred():
    quiz = services.save_quiz("Quiz", [(question, 2) for question in one_of_each_kind()])
    enrollment, item = quiz_item(quiz)
    attempt = services.start(enrollment, item)

    services.save_answers(
        attempt, {str(entry["version"]): right for entry, right in zip(attempt.paper, RIGHT_ANSWERS, strict=True)}
    )
    done = services.submit(attempt)

    assert done.grade == 100
    assert done.has_passed
    assert Response.objects.filter(attempt=done, fraction=1).count() == len(RIGHT_ANSWERS)


def test_saved_answers_add_up_and_the_last_word_counts():
    enrollment, item = quiz_item(a_quiz(3))
    attempt = services.start(enrollment, item)
    one, two, _three = (str(entry["version"]) for entry in attempt.paper)

    services.save_answers(attempt, {one: "b"})
    services.save_answers(attempt, {two: "a", "999999": "x"})
    services.save_answers(attempt, {one: "a"})

    attempt.refresh_from_db()
    assert attempt.answers == {one: "a", two: "a"}


def test_an_answer_can_be_taken_back():
    enrollment, item = quiz_item(a_quiz(1))
    attempt = services.start(enrollment, item)

    services.save_answers(attempt, answers(attempt, "a"))
    services.save_answers(attempt, answers(attempt, ""))

    attempt.refresh_from_db()
    assert list(attempt.answers.values()) == [""]


def test_passing_completes_the_item_with_its_grade():
    enrollment, item = quiz_item(a_quiz(4, passing_grade=75))
    attempt = services.start(enrollment, item)
    picked = answers(attempt, "a")
    picked[next(iter(picked))] = "b"

    services.submit(attempt, picked)

    record = ItemProgress.objects.get(enrollment=enrollment, item=item)
    assert record.score == 75
    assert record.completed_at is not None


def test_failing_leaves_the_item_open_and_keeps_the_best_grade():
    enrollment, item = quiz_item(a_quiz(4, passing_grade=75))
    for right in (2, 1):
        attempt = services.start(enrollment, item)
        keys = [str(entry["version"]) for entry in attempt.paper]
        services.submit(attempt, dict.fromkeys(keys[:right], "a"))

    record = ItemProgress.objects.get(enrollment=enrollment, item=item)

    assert record.score == 50
    assert record.completed_at is None


def test_a_quiz_with_nothing_to_pass_completes_by_being_submitted():
    enrollment, item = quiz_item(a_quiz(1, passing_grade=0), passing_grade=None)

    services.submit(services.start(enrollment, item))

    assert ItemProgress.objects.get(enrollment=enrollment, item=item).completed_at is not None


def test_the_last_required_quiz_completes_the_course_in_the_same_step():
    enrollment, item = quiz_item(a_quiz(1))

    services.submit(attempt := services.start(enrollment, item), answers(attempt, "a"))

    assert CourseProgress.objects.get(pk=enrollment.pk).completed_at is not None


def test_attempts_are_limited_and_the_refusal_says_so():
    enrollment, item = quiz_item(a_quiz(1, attempts_allowed=2))
    for _try in range(2):
        services.submit(services.start(enrollment, item))

    with pytest.raises(errors.NoAttemptsLeft):
        services.start(enrollment, item)


def test_who_has_passed_needs_no_further_attempt():
    enrollment, item = quiz_item(a_quiz(1))
    services.submit(attempt := services.start(enrollment, item), answers(attempt, "a"))

    with pytest.raises(errors.AlreadyPassed):
        services.start(enrollment, item)


def test_submitting_twice_grades_once():
    enrollment, item = quiz_item(a_quiz(2))
    attempt = services.start(enrollment, item)

    first = services.submit(attempt, answers(attempt, "a"))
    second = services.submit(attempt, answers(attempt, "b"))

    assert first.grade == second.grade == 100
    assert Response.objects.count() == 2


def test_nothing_is_saved_after_submitting():
    enrollment, item = quiz_item(a_quiz(1))
    stale = services.start(enrollment, item)
    services.submit(stale)

    with pytest.raises(errors.AttemptClosed):
        services.save_answers(stale, answers(stale, "a"))


def test_answers_that_arrive_within_the_grace_count_and_later_ones_do_not():
    enrollment, item = quiz_item(a_quiz(2, minutes=10))
    attempt = services.start(enrollment, item)
    one, two = (str(entry["version"]) for entry in attempt.paper)

    expire(attempt, seconds=10)
    services.save_answers(attempt, {one: "a"})
    expire(attempt, seconds=60)
    with pytest.raises(errors.TimeOver):
        services.save_answers(attempt, {two: "a"})
    done = services.submit(attempt, {two: "a"})

    assert done.grade == 50
    assert done.submitted_at == done.deadline_at


def test_the_sweep_submits_what_was_saved_when_time_runs_out():
    enrollment, item = quiz_item(a_quiz(1, minutes=10))
    attempt = services.start(enrollment, item)
    services.save_answers(attempt, answers(attempt, "a"))
    expire(attempt)

    assert services.close_overdue() == 1
    assert services.close_overdue() == 0

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SUBMITTED
    assert attempt.grade == 100
    assert ItemProgress.objects.get(enrollment=enrollment, item=item).completed_at is not None


def test_the_sweep_leaves_attempts_with_time_left():
    services.start(*quiz_item(a_quiz(1, minutes=10)))
    services.start(*quiz_item(a_quiz(1)))

    assert services.close_overdue() == 0


def test_starting_after_the_time_ran_out_closes_the_old_attempt_first():
    enrollment, item = quiz_item(a_quiz(1, minutes=10))
    old = services.start(enrollment, item)
    expire(old)

    new = services.start(enrollment, item)

    assert new.number == 2
    old.refresh_from_db()
    assert old.state == Attempt.State.SUBMITTED


def test_an_attempt_closes_even_when_its_learner_has_left_or_the_author_took_the_quiz_out():
    enrollment, item = quiz_item(a_quiz(1, minutes=10))
    gone = services.start(enrollment, item)
    expire(gone)
    Enrollment.objects.filter(pk=enrollment.pk).update(status=Enrollment.Status.WITHDRAWN)

    services.close_overdue()

    gone.refresh_from_db()
    assert gone.state == Attempt.State.SUBMITTED


def test_a_question_thrown_away_during_an_attempt_is_not_counted():
    quiz = a_quiz(2)
    enrollment, item = quiz_item(quiz)
    attempt = services.start(enrollment, item)
    place = quiz.places.last()
    thrown_away = place.question
    place.delete()
    thrown_away.current = None
    thrown_away.save()
    thrown_away.delete()

    assert services.submit(attempt, answers(attempt, "a")).grade == 100


def test_nobody_starts_without_a_seat_before_the_gate_or_after_the_run():
    quiz = a_quiz(1)
    enrollment, item = quiz_item(quiz)
    enrollment.status = Enrollment.Status.WAITING
    with pytest.raises(NotLearning):
        services.start(enrollment, item)

    enrollment, item = quiz_item(quiz)
    enrollment.run.ends_at = timezone.now()
    with pytest.raises(RunOver):
        services.start(enrollment, item)

    enrollment, item = quiz_item(quiz)
    gate = OutlineItemFactory(course=enrollment.run.course, kind="section", is_gate=True, position=0)
    OutlineItemFactory(course=enrollment.run.course, parent=gate, position=1)
    closed = OutlineItemFactory(course=enrollment.run.course, kind="section", position=2)
    type(item).objects.filter(pk=item.parent_id).update(parent=closed, position=10**6)
    type(item).objects.filter(pk=item.pk).update(position=10**6 + 1)
    enrollment.run.course.published_at = timezone.now()
    with pytest.raises(Locked):
        services.start(enrollment, item)


def test_a_quiz_without_questions_is_refused():
    with pytest.raises(errors.QuizEmpty):
        services.start(*quiz_item(a_quiz(0)))


def test_saving_a_quiz_again_replaces_its_questions_in_order():
    quiz = a_quiz(3)
    first, second = choice_question("One"), choice_question("Two")

    services.save_quiz("New", [(second, 5), (first, 1)], quiz=quiz)

    assert [(place.question.title, place.points) for place in quiz.places.all()] == [("Two", 5), ("One", 1)]


@pytest.mark.parametrize(
    ("feedback", "tells_results", "tells_why"),
    [("full", True, True), ("results", True, False), ("score", False, False)],
)
def test_the_review_tells_what_the_author_allows(feedback, tells_results, tells_why):
    quiz = a_quiz(1, feedback=feedback, attempts_allowed=1)
    enrollment, item = quiz_item(quiz)
    attempt = services.start(enrollment, item)
    services.submit(attempt, answers(attempt, "b"))

    where = standing(quiz, item, attempts(enrollment, [item.pk]))
    (row,) = review(Attempt.objects.get(pk=attempt.pk), quiz, where)

    assert (row.fraction is not None) == tells_results
    assert bool(row.mark and row.mark.feedback) == tells_why
    assert (row.solution is not None) == tells_why


def test_the_key_is_not_told_while_another_attempt_may_come():
    quiz = a_quiz(1, attempts_allowed=2)
    enrollment, item = quiz_item(quiz)
    attempt = services.start(enrollment, item)
    services.submit(attempt, answers(attempt, "b"))

    (row,) = review(Attempt.objects.get(pk=attempt.pk), quiz, standing(quiz, item, attempts(enrollment, [item.pk])))

    assert row.mark.feedback == ("About b",)
    assert row.solution is None


def test_practice_is_unlimited_and_keeps_the_best():
    enrollment, item = practice_item(choice_question())

    for answer in ("b", "a", "c"):
        done = services.practice(enrollment, item, answer)

    assert done.tries == 3
    assert done.answer == "c"
    assert done.fraction == 1
    record = ItemProgress.objects.get(enrollment=enrollment, item=item)
    assert record.score == 100
    assert record.completed_at is not None


def test_practice_with_a_passing_grade_completes_only_when_right():
    enrollment, item = practice_item(choice_question(), passing_grade=Decimal(100))

    services.practice(enrollment, item, "b")
    assert ItemProgress.objects.get(enrollment=enrollment, item=item).completed_at is None
    services.practice(enrollment, item, "a")

    assert ItemProgress.objects.get(enrollment=enrollment, item=item).completed_at is not None
