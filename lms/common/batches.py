"""Many rows in portions."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
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
