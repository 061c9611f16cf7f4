from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from assessments.quizzes import rules
from assessments.quizzes.rules import Standing

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def standing(**settings):
    return Standing(
        **{"used": 1, "allowed": 3, "passing_grade": Decimal(70), "best": None, "has_open": False, **settings}
    )


def test_an_attempt_ends_with_its_minutes_and_never_after_the_run():
    assert rules.deadline(NOW, 30, NOW + timedelta(days=1)) == NOW + timedelta(minutes=30)
    assert rules.deadline(NOW, 30, NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)
    assert rules.deadline(NOW, None, NOW + timedelta(days=1)) == NOW + timedelta(days=1)


def test_what_was_under_way_at_the_deadline_still_counts_for_a_little_while():
    assert not rules.is_over(NOW, NOW + rules.GRACE)
    assert rules.is_over(NOW, NOW + rules.GRACE + timedelta(seconds=1))
    assert not rules.is_over(None, NOW)


@given(st.lists(st.tuples(st.decimals(0, 1, places=4), st.decimals(0, 50, places=2)), max_size=30))
def test_a_grade_is_always_between_nought_and_a_hundred(marks):
    assert 0 <= rules.grade(marks) <= 100


def test_points_weigh_and_halves_round_up():
    assert rules.grade([(Decimal(1), Decimal(3)), (Decimal(0), Decimal(1))]) == 75
    assert rules.grade([(Decimal(1), Decimal(1))] * 2 + [(Decimal(0), Decimal(1))]) == Decimal("66.67")
    assert rules.grade([]) == 0


@given(st.integers())
def test_shuffling_a_paper_loses_nothing(seed):
    questions = [(number, "choice", Decimal(1), list("abcd")) for number in range(10)]

    paper = rules.paper(questions, Random(seed))

    assert sorted(entry["version"] for entry in paper) == list(range(10))
    assert all(sorted(entry["order"]) == list("abcd") for entry in paper)


def test_a_paper_that_is_not_shuffled_keeps_the_authors_order():
    assert [
        entry["version"] for entry in rules.paper([(3, "text", Decimal(1), ()), (1, "text", Decimal(1), ())], None)
    ] == [3, 1]


def test_answers_to_what_was_not_asked_are_left_out():
    assert rules.known_answers({"1": "a", "2": "b", "x": "c"}, [1]) == {"1": "a"}


def test_passing_ends_the_attempts():
    assert standing(best=Decimal("69.99")).may_start
    assert not standing(best=Decimal(70)).may_start
    assert standing(best=Decimal(70), passing_grade=None).may_start


def test_who_has_no_attempts_left_has_failed_or_passed():
    assert standing(used=3, best=Decimal(50)).has_failed
    assert not standing(used=2, best=Decimal(50)).has_failed
    assert not standing(used=3, best=Decimal(80)).has_failed


def test_the_key_stays_secret_while_it_can_be_used():
    assert not standing(best=Decimal(50)).may_know_key
    assert not standing(best=Decimal(50), allowed=None, used=90).may_know_key
    assert not standing(best=Decimal(50), used=3, has_open=True).may_know_key
    assert standing(best=Decimal(50), used=3).may_know_key
    assert standing(best=Decimal(80)).may_know_key
    assert standing(best=Decimal(10), passing_grade=None).may_know_key
