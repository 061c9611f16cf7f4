"""What a process keeps in memory: things that never change under their key, those used last."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")

_all: "WeakSet[Kept[object]]" = WeakSet()


class Kept(Generic[Value]):
    """The values used last, ``most`` of them at a time. Many threads may share it.

    Nothing tells other processes that a value is out of date, so a key must name a value that cannot change.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._changing = Lock()
        _all.add(self)  # type: ignore[arg-type]  # they are only ever emptied

    def get(self, key: Hashable) -> Value | None:
        with self._changing:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        with self._changing:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def forget(self) -> None:
        with self._changing:
            self._values.clear()


def forget_everything() -> None:
    """Empty all of them: for tests, whose databases give the same ids to other things."""
    for kept in _all:
        kept.forget()
