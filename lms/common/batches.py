"""Many rows in portions."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """The items in tuples of ``size``, the last one shorter (Python 3.12 has this as ``itertools.batched``)."""
    iterator = iter(items)
    while batch := tuple(islice(iterator, size)):
        yield batch
