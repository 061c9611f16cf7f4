"""Many rows in portions."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from queue import Queue
from typing import TypeVar, cast

from django.utils.translation import get_language, override

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """The items in tuples of ``size``, the last one shorter (Python 3.12 has this as ``itertools.batched``)."""
    iterator = iter(items)
    while batch := tuple(islice(iterator, size)):
        yield batch


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, each made in a thread while its predecessor is worked on.

    For reading a file while the database is busy with what was read before. Making an item must not ask the database:
    a thread would get a connection of its own.
    """
    iterator, end, language = iter(items), object(), get_language()

    def make() -> "Item | object":
        # What is wrong with a row is said in the words of its reader.
        with override(language):
            return next(iterator, end)

    with ThreadPoolExecutor(1, "ahead") as thread:
        following = thread.submit(make)
        while (item := following.result()) is not end:
            following = thread.submit(make)
            yield cast("Item", item)


@contextmanager
def behind(work: Callable[[Iterator[Item]], object]) -> Iterator[Callable[[Item], None]]:
    """Let a thread work on items one behind the caller, who hands them over: ``work`` gets them all, in their order.

    For writing a file while the database is busy with what comes next; ``work`` must not ask the database either. It
    has ended when the block has. What goes wrong in it is raised at the end of the block, which goes on until then;
    what goes wrong in the block ends it.
    """
    handed: Queue[object] = Queue(1)
    end, torn, language = object(), object(), get_language()

    def items() -> Iterator[Item]:
        while (item := handed.get()) is not end:
            if item is torn:
                raise _Torn
            yield cast("Item", item)

    def run() -> None:
        left = items()
        try:
            with override(language):
                work(left)
        finally:
            # Whoever hands over does not wait for somebody who has had enough.
            for _item in left:
                pass

    with ThreadPoolExecutor(1, "behind") as thread:
        working, last = thread.submit(run), torn
        try:
            yield handed.put
            last = end
        finally:
            handed.put(last)
        working.result()


class _Torn(Exception):
    """There will be no more items, because whoever hands them over has failed."""
