import threading

import pytest
from django.utils import translation

from lms.common.batches import ahead, batches


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
