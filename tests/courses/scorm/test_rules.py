"""What packages say of themselves is read into one set of words, whatever stands there."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.scorm import rules
from courses.scorm.errors import MessageUnreadable
from courses.scorm.messages import MOST_BYTES, read_message
from courses.scorm.rules import Outcome, outcome_of_12, outcome_of_2004, rolled_up, seconds_of


@pytest.mark.parametrize(
    ("status", "completion", "success"),
    [
        ("passed", "completed", "passed"),
        ("completed", "completed", "unknown"),
        ("failed", "incomplete", "failed"),
        ("incomplete", "incomplete", "unknown"),
        ("browsed", "incomplete", "unknown"),
        ("not attempted", "unknown", "unknown"),
        ("nonsense", "unknown", "unknown"),
        (7, "unknown", "unknown"),
    ],
)
def test_one_status_of_scorm_12_says_how_far_and_how_well(status, completion, success):
    outcome = outcome_of_12({"core": {"lesson_status": status}})

    assert (outcome.completion, outcome.success) == (completion, success)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ({"raw": "80", "min": "0", "max": "100"}, "80"),
        ({"raw": "8", "min": "0", "max": "10"}, "80"),
        ({"raw": "15", "min": "10", "max": "20"}, "50"),
        ({"raw": "80"}, "80"),
        ({"raw": "800", "max": "100"}, "100"),
        ({"raw": "-5"}, "0"),
        ({"raw": "5", "min": "9", "max": "9"}, "5"),
        ({"raw": ""}, None),
        ({"raw": "1e5"}, None),
        ({"raw": "NaN"}, None),
        ({"raw": True}, None),
        ({}, None),
    ],
)
def test_a_score_is_told_of_a_hundred(score, expected):
    assert outcome_of_12({"core": {"score": score}}).score == (None if expected is None else Decimal(expected))


def test_scorm_2004_says_how_far_and_how_well_by_themselves():
    cmi = {
        "completion_status": "completed",
        "success_status": "failed",
        "score": {"scaled": "0.355", "raw": "99"},
        "progress_measure": "0.5",
        "total_time": "PT1H2M3.5S",
    }

    assert outcome_of_2004(cmi) == Outcome("completed", "failed", Decimal("35.50"), Decimal("0.5"), 3723)
    assert outcome_of_2004({"completion_status": "not attempted", "score": {"scaled": "-1"}}).score == 0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0001:30:05.20", 5405),
        ("00:00:00", 0),
        ("PT10M", 600),
        ("P1DT1S", 86401),
        ("P1Y", 31536000),
        ("P", 0),
        ("10 minutes", 0),
        ("9999:99:99", 36_002_439),
        (None, 0),
    ],
)
def test_times_are_read_as_both_standards_write_them(said, seconds):
    assert seconds_of(said) == seconds


def test_a_whole_is_done_when_all_its_parts_are():
    done, begun = Outcome("completed"), Outcome("incomplete")

    assert rolled_up([]).completion == "unknown"
    assert rolled_up([done, Outcome()]).completion == "incomplete"
    assert rolled_up([done, begun]).completion == "incomplete"
    assert rolled_up([done, done]).completion == "completed"


def test_a_whole_is_passed_when_it_is_done_and_nothing_in_it_failed():
    passed, failed, done = Outcome("completed", "passed"), Outcome("completed", "failed"), Outcome("completed")

    assert rolled_up([passed, done]).success == "passed"
    assert rolled_up([passed, failed]).success == "failed"
    assert rolled_up([passed, Outcome()]).success == "unknown"


def test_the_score_of_a_whole_is_the_mean_of_those_that_have_one():
    parts = [Outcome(score=Decimal(80)), Outcome(score=Decimal(85)), Outcome(score=Decimal(81)), Outcome()]

    assert rolled_up(parts).score == Decimal("82.00")


@pytest.mark.parametrize(
    ("by", "outcome", "is_done"),
    [
        ("finished", Outcome("completed"), True),
        ("finished", Outcome("unknown", "passed"), True),
        ("finished", Outcome("completed", "failed"), False),
        ("finished", Outcome("incomplete"), False),
        ("passed", Outcome("completed"), False),
        ("passed", Outcome("incomplete", "passed"), True),
    ],
)
def test_the_author_s_rule_decides(by, outcome, is_done):
    assert rules.is_done(by, outcome) is is_done


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.dictionaries(
        st.sampled_from(["core", "score", "lesson_status", "completion_status", "progress_measure", "total_time"]),
        anything,
    )
)
def test_nothing_that_a_package_says_breaks_the_reading(cmi):
    for outcome in (outcome_of_12(cmi), outcome_of_2004(cmi), rules.outcome_of_player(cmi, Outcome())):
        assert outcome.score is None or 0 <= outcome.score <= 100


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"nothing",
        b'{"number": 0}',
        b'{"number": 1.5}',
        b'{"number": true}',
        b'{"number": 99999999999}',
        b'{"number": 1, "seconds": "x"}',
        b'{"number": 1, "state": 7}',
        b'{"number": 1, "cmi": {"a": NaN}}',
        b'{"number": 1, "cmi": {"a": "\\u0000"}}',
        b'{"number": 1, "cmi": {"a": "\\ud800"}}',
        b'{"number": 1, "x": "' + b"x" * MOST_BYTES + b'"}',
        b'{"number": 1, "cmi": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_a_message_that_is_none_is_refused(raw):
    with pytest.raises(MessageUnreadable):
        read_message(raw)


def test_a_message_is_read_as_far_as_it_makes_sense():
    message = read_message(b'{"number": 3, "seconds": -4, "item": 5, "cmi": [], "activities": {"a": {"x": 1}, "b": 2}}')

    assert (message.number, message.seconds, message.item, message.cmi) == (3, 0, "", None)
    assert message.activities == {"a": {"x": 1}}
