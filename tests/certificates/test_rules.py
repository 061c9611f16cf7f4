from datetime import date

import pytest

from certificates import rules


def test_a_number_follows_its_organizers_pattern():
    number = rules.number(rules.DEFAULT_PATTERN, sequence=123, organizer="PUSBANGKOM", on=date(2026, 11, 21))

    assert number == "000123/PUSBANGKOM/XI/2026"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (rules.DEFAULT_PATTERN, None),
        ("{organizer}-{year}-{sequence}", None),
        ("{sequence}/{year}", "missing-field"),
        ("{sequence}/{organizer}/{month}", "missing-field"),
        ("{sequence}/{organizer}/{year}/{person}", "unreadable"),
        ("{sequence", "unreadable"),
        ("{sequence:q}/{organizer}/{year}", "unreadable"),
        ("{sequence.__class__}/{organizer}/{year}{sequence}", "unknown-field"),
    ],
)
def test_a_pattern_must_tell_every_certificate_apart(pattern, problem):
    assert rules.pattern_problem(pattern) == problem


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 2), date(2026, 11, 2), "2 November 2026"),
        (date(2026, 11, 2), date(2026, 11, 23), "2–23 November 2026"),
        (date(2026, 10, 30), date(2026, 11, 2), "30 Oktober – 2 November 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Desember 2026 – 2 Januari 2027"),
    ],
)
def test_a_period_names_the_shared_part_once(first, last, words):
    assert rules.period_in_words(first, last) == words


def test_the_digest_of_the_facts_does_not_depend_on_their_order():
    assert rules.facts_digest({"a": "1", "b": "2"}) == rules.facts_digest({"b": "2", "a": "1"})
    assert rules.facts_digest({"a": "1"}) != rules.facts_digest({"a": "2"})


@pytest.mark.parametrize(
    ("is_on_record", "is_signed", "verdict"),
    [
        (True, True, rules.Verdict.GENUINE),
        (False, True, rules.Verdict.CHANGED),
        (False, False, rules.Verdict.UNKNOWN),
    ],
)
def test_the_record_decides_and_a_signature_only_explains(is_on_record, is_signed, verdict):
    assert rules.verdict(is_on_record=is_on_record, is_signed=is_signed) is verdict
