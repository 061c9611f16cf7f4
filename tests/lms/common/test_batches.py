import threading

import pytest
from django.utils import translation

from lms.common.batches import ahead, batches, behind


def test_portions_are_full_but_for_the_last():
    assert list(batches(range(5), 2)) == [(0, 1), (2, 3), (4,)]


def test_what_is_read_ahead_comes_in_its_order():
    assert list(ahead(range(5))) == [0, 1, 2, 3, 4]
    assert list(ahead([None, None])) == [None, None]
    assert list(ahead([])) == []


def test_the_next_item_is_made_while_the_one_before_is_worked_on():
    made = threading.Event()

    def items():
        yield 1
        made.set()
        yield 2

    first = next(ahead(items()))

    assert first == 1
    assert made.wait(10)


def test_what_goes_wrong_in_reading_ahead_is_raised_where_it_is_needed():
    def items():
        yield 1
        raise LookupError

    reading = ahead(items())

    assert next(reading) == 1
    with pytest.raises(LookupError):
        next(reading)


def test_reading_ahead_speaks_the_readers_language():
    with translation.override("en"):
        assert list(ahead(translation.get_language() for _ in range(2))) == ["en", "en"]


def hand_over_five(work):
    with behind(work) as hand_over:
        for number in range(5):
            hand_over(number)


def test_what_is_handed_over_is_worked_on_in_its_order_in_another_thread():
    worked = []

    hand_over_five(lambda items: worked.extend((item, threading.current_thread().name) for item in items))

    assert [item for item, _name in worked] == [0, 1, 2, 3, 4]
    assert threading.current_thread().name not in {name for _item, name in worked}


def test_work_that_ends_early_keeps_nobody_waiting():
    worked = []

    hand_over_five(lambda items: worked.append(next(items)))

    assert worked == [0]


def test_work_that_fails_keeps_nobody_waiting_and_says_so_in_the_end():
    def fail(items):
        raise LookupError

    with pytest.raises(LookupError):
        hand_over_five(fail)


def test_who_fails_while_handing_over_ends_the_work():
    ended = []

    def work(items):
        try:
            list(items)
        finally:
            ended.append("work")

    def fail():
        with behind(work) as hand_over:
            hand_over(1)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert ended == ["work"]


def test_work_behind_speaks_the_readers_language():
    said = []

    with translation.override("en"):
        hand_over_five(lambda items: said.extend(translation.get_language() for _item in items))

    assert said == ["en"] * 5
