"""A topic in several forms counts as one, in whichever of them it is taken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.evidence import (
    Account,
    Beat,
    Criterion,
    Played,
    Read,
    Topic,
    seconds_to_look,
    seconds_to_read,
)

KEY = "0b8f6c1e-0d5c-4a53-9f6b-2f8f4d6a1c11"
TOPIC = Topic("Empat langkah", {"video": ("7", 300), "audio": ("8", 240)}, {"reading": 120, "slides": 60})
ASKED = Criterion(watched=90, is_unhurried=True, topics={KEY: TOPIC})


def studied(*steps, into=None):
    """An account of what was done one after the other, each in the time that it takes."""
    account = into or Account()
    for number, step in enumerate(steps, start=len(account.heard) * 100 + 1):
        played = [step] if isinstance(step, Played) else []
        read = [step] if isinstance(step, Read) else []
        account.hear("a", [Beat(number, step.seconds, played, read)], elapsed=step.seconds)
    return account


def video(start, end, speed=1.0):
    return Played("7", start, end, speed)


def audio(start, end):
    return Played("8", start, end, 1.0)


def reading(seconds, form="reading"):
    return Read(KEY, form, seconds)


def left(account, criterion=ASKED):
    [topic] = account.missing(criterion).topics
    return topic


def test_a_topic_comes_back_as_it_was_kept():
    assert Criterion.of(json.loads(json.dumps(ASKED.stored()))) == ASKED
    assert Criterion(topics={KEY: TOPIC}).stored() == {}


@pytest.mark.parametrize("step", [video(0, 270), audio(0, 216), reading(120), reading(60, "slides")])
def test_any_form_alone_is_enough(step):
    assert not studied(step).missing(ASKED)


@pytest.mark.parametrize("step", [video(0, 260), audio(0, 200), reading(110), reading(50, "slides"), video(0, 270, 2)])
def test_less_than_is_asked_for_is_not(step):
    assert studied(step).missing(ASKED)


def test_whoever_changes_the_form_goes_on_where_she_was():
    account = studied(video(0, 150), audio(120, 216))

    assert not account.missing(ASKED)


def test_the_same_part_in_two_forms_counts_once():
    account = studied(video(0, 150), audio(0, 120))

    assert left(account).seconds == {"video": 120, "audio": 96, "reading": 54, "slides": 27}


def test_what_was_watched_and_what_was_read_add_up():
    half = studied(video(0, 135))

    assert left(half).seconds == {"video": 135, "audio": 108, "reading": 60, "slides": 30}
    assert left(half).percent == 50
    assert not studied(reading(30), reading(15, "slides"), into=half).missing(ASKED)


def test_the_place_to_go_on_is_the_same_in_video_and_audio():
    assert left(studied(video(0, 150), video(200, 210))).starts == {"video": ("7", 150), "audio": ("8", 120)}
    assert left(studied(video(20, 150))).starts == {"video": ("7", 0), "audio": ("8", 0)}


def test_nobody_reads_while_something_plays():
    account = Account()
    account.hear("a", [Beat(1, 60, [video(0, 60)], [reading(60)])], elapsed=60)

    assert account.read == {}


def test_nobody_reads_longer_than_she_was_there():
    account = Account()
    account.hear("a", [Beat(1, 20, [], [reading(3000), reading(3000, "slides")])], elapsed=20)

    assert account.read == {f"{KEY}:reading": 20.0}


def test_accepted_is_enough():
    assert not Account(is_accepted=True).missing(ASKED)


def test_what_cannot_be_measured_is_not_asked_for():
    assert not Account().missing(Criterion(watched=90, topics={KEY: Topic("Empat langkah")}))


def test_a_topic_that_is_only_read_asks_for_that():
    only = Criterion(watched=90, topics={KEY: Topic("Empat langkah", {}, {"reading": 120})})

    assert left(studied(reading(30)), only).seconds == {"reading": 90}
    assert not studied(reading(120)).missing(only)


def test_each_topic_is_counted_by_itself():
    other = KEY.replace("0b8f", "1c9a")
    both = Criterion(watched=90, topics={KEY: TOPIC, other: Topic("Maklumat", {}, {"reading": 40})})

    assert [topic.topic for topic in studied(reading(120)).missing(both).topics] == [other]


def test_how_long_reading_takes_is_estimated():
    assert (seconds_to_read(0), seconds_to_read(500), seconds_to_look(0), seconds_to_look(4)) == (10, 120, 10, 60)


places = st.tuples(st.integers(0, 299), st.integers(1, 120))
steps = st.one_of(
    places.map(lambda at: video(at[0], min(at[0] + at[1], 300))),
    places.map(lambda at: audio(min(at[0], 239), min(at[0] + at[1], 240))),
    st.builds(reading, st.integers(1, 60), st.sampled_from(["reading", "slides"])),
)


@given(st.lists(steps, max_size=8), steps)
def test_more_study_never_asks_for_more(done, another):
    def percent(account):
        return next((topic.percent for topic in account.missing(ASKED).topics), 0)

    account = studied(*done)
    before = percent(account)
    after = percent(studied(another, into=Account.of(account.seconds, json.loads(json.dumps(account.stored())))))

    assert 0 <= after <= before <= 100


@given(st.lists(steps, max_size=8), st.sampled_from(["reading", "slides"]))
def test_reading_for_as_long_as_is_said_completes_it(done, form):
    account = studied(*done)
    for topic in account.missing(ASKED).topics:
        needed = topic.seconds[form]
        more = studied(reading(needed, form), into=Account.of(account.seconds, account.stored()))
        assert not more.missing(ASKED)


@given(st.lists(steps, max_size=8))
def test_playing_all_that_is_left_completes_it(done):
    account = studied(*done)

    assert not studied(video(0, 300), into=account).missing(ASKED)
