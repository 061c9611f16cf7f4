"""What comes while a group is worked on is worked on together, and everybody gets her own answer."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import OperationalError

from lms.common.together import Together

Answer = int | Exception


class Work:
    """Doubles numbers, as slowly as it is told; notes what it was given at once."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.meets: Callable[[Sequence[int]], None] = lambda _numbers: None

    def __call__(self, numbers: Sequence[int]) -> list[Answer]:
        self.groups.append(list(numbers))
        self.may_go_on.wait()
        self.meets(numbers)
        return [ValueError(number) if number < 0 else number * 2 for number in numbers]


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as threads:
        yield threads


def until(is_so: Callable[[], object]) -> None:
    while not is_so():
        time.sleep(0.001)


def in_line(pool: ThreadPoolExecutor, together: Together[int, int], work: Work, *numbers: int) -> list[Future[int]]:
    """Bring the first number, which is worked on until ``may_go_on``, and the others, in this order, meanwhile."""
    work.may_go_on.clear()
    brought = [pool.submit(together, numbers[0])]
    until(lambda: work.groups)
    for place, number in enumerate(numbers[1:], 1):
        brought.append(pool.submit(together, number))
        until(lambda place=place: len(together._line) == place)
    return brought


def test_whoever_comes_meanwhile_is_in_the_next_group_in_order_of_arrival(pool, work) -> None:
    together: Together[int, int] = Together(work)
    brought = in_line(pool, together, work, 5, 3, 8, 1)

    work.may_go_on.set()

    assert [each.result() for each in brought] == [10, 6, 16, 2]
    assert work.groups == [[5], [3, 8, 1]]


def test_a_group_is_no_larger_than_it_may_be(pool, work) -> None:
    together: Together[int, int] = Together(work, largest=2)
    brought = in_line(pool, together, work, 1, 2, 3, 4)

    work.may_go_on.set()

    assert [each.result() for each in brought] == [2, 4, 6, 8]
    assert work.groups == [[1], [2, 3], [4]]


def test_a_refusal_is_raised_to_her_whose_it_is(pool, work) -> None:
    together: Together[int, int] = Together(work)
    brought = in_line(pool, together, work, 1, 2, -3, 4)

    work.may_go_on.set()

    assert [each.result() for each in (brought[1], brought[3])] == [4, 8]
    with pytest.raises(ValueError, match="-3"):
        brought[2].result()
    assert work.groups == [[1], [2, -3, 4]]


def test_what_one_meets_does_not_harm_the_others(pool, work) -> None:
    together: Together[int, int] = Together(work)
    brought = in_line(pool, together, work, 1, 2, 3, 4)

    def meet(numbers: Sequence[int]) -> None:
        if 3 in numbers:
            raise KeyError(3)

    work.meets = meet
    work.may_go_on.set()

    assert [brought[place].result() for place in (0, 1, 3)] == [2, 4, 8]
    with pytest.raises(KeyError):
        brought[2].result()
    assert work.groups == [[1], [2, 3, 4], [2], [3], [4]]


def test_a_database_that_is_away_is_away_for_all_and_asked_once(pool, work) -> None:
    together: Together[int, int] = Together(work)
    brought = in_line(pool, together, work, 1, 2, 3)

    def meet(numbers: Sequence[int]) -> None:
        if 1 not in numbers:
            raise OperationalError("gone")

    work.meets = meet
    work.may_go_on.set()

    assert brought[0].result() == 2
    for each in brought[1:]:
        with pytest.raises(OperationalError, match="gone"):
            each.result()
    assert work.groups == [[1], [2, 3]]
    work.meets = lambda _numbers: None
    assert together(4) == 8


def test_the_first_waits_until_enough_have_come(pool, work) -> None:
    together: Together[int, int] = Together(work, gather=3600, enough=3)

    brought = [pool.submit(together, number) for number in range(3)]

    assert [each.result() for each in brought] == [0, 2, 4]
    assert [sorted(group) for group in work.groups] == [[0, 1, 2]]


def test_those_who_have_waited_for_a_group_wait_for_no_others(pool, work) -> None:
    together: Together[int, int] = Together(work, gather=3600, enough=2)
    work.may_go_on.clear()
    brought = [pool.submit(together, number) for number in (1, 2)]
    until(lambda: work.groups)
    brought += [pool.submit(together, number) for number in (3, 4, 5)]
    until(lambda: len(together._line) == 3)

    work.may_go_on.set()

    assert sorted(each.result() for each in brought) == [2, 4, 6, 8, 10]
    assert [len(group) for group in work.groups] == [2, 3]


def test_alone_she_waits_no_longer_than_it_is_gathered(work) -> None:
    together: Together[int, int] = Together(work, gather=0.001, enough=9)

    assert [together(1), together(2)] == [2, 4]
    assert work.groups == [[1], [2]]


def test_who_gives_up_leaves_the_line_and_the_others_go_on(pool, work) -> None:
    together: Together[int, int] = Together(work, patience=0.01)
    work.may_go_on.clear()
    slow = pool.submit(together, 1)
    until(lambda: work.groups)

    for number in (2, 3):
        with pytest.raises(OperationalError):
            together(number)
    work.may_go_on.set()

    assert slow.result() == 2
    assert together(4) == 8
    assert work.groups == [[1], [4]]


def test_of_many_threads_everybody_gets_her_own_answer(pool, work) -> None:
    together: Together[int, int] = Together(work, gather=0.0005, enough=7, largest=16)

    def meet(numbers: Sequence[int]) -> None:
        if any(number % 97 == 13 for number in numbers):
            raise KeyError("poisoned")

    def bring(number: int) -> Answer:
        try:
            return together(number)
        except Exception as error:
            return error

    work.meets = meet
    numbers = list(range(1, 2000))
    random.Random(5).shuffle(numbers)
    for number, answer in zip(numbers, pool.map(bring, numbers), strict=True):
        if number % 97 == 13:
            assert isinstance(answer, KeyError)
        else:
            assert answer == number * 2
    assert max(map(len, work.groups)) > 1
    assert not together._line
    assert not together._is_led
