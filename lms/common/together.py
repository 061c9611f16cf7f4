"""What many threads bring in the same instant, done together: one transaction for all of them."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError

LARGEST = 256
"""How many are worked on at once at the most."""
PATIENCE = 60
"""Seconds after which somebody gives up on the group she is in; only a stuck database can take so long."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def _shut() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass(slots=True, eq=False)
class _Place(Generic[Item]):
    """Somebody in line. Her ``gate`` is opened once: to lead, or with her answer. An event would cost twice as much."""

    item: Item
    came_at: float
    answer: Any = None
    error: Exception | None = None
    is_done: bool = False
    leads: bool = False
    gate: threading.Lock = field(default_factory=_shut)


class Together(Generic[Item, Answer]):
    """A line before ``work``: whoever comes while a group is worked on joins the next one.

    The first of a group leads it: she has ``work`` done, in her thread, for all of it in the order of their arrival,
    and hands each her own answer. ``work`` gives one answer for each item, in the same order; an exception among them
    is raised to her whose it is. Raised out of ``work`` it must have undone everything, and then each is worked on
    alone, so that what one of them meets harms no other. A database that is away is away for all.

    ``gather`` is for how many seconds the first of a line waits for others, unless as many as ``enough`` have come.
    With 0 nobody waits for a group to fill: alone she is worked on at once, and under load groups grow by themselves.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Answer | Exception]],
        *,
        gather: float = 0,
        enough: int = LARGEST,
        largest: int = LARGEST,
        patience: float = PATIENCE,
    ) -> None:
        self._work = work
        self._gather, self._enough = gather, enough
        self._largest, self._patience = largest, patience
        self._lock = threading.Lock()
        self._line: list[_Place[Item]] = []
        self._is_led = False
        self._are_enough = threading.Event()

    def __call__(self, item: Item) -> Answer:
        """Have ``item`` worked on with what comes in the same moment; ``OperationalError`` when it takes too long."""
        mine = _Place(item, time.monotonic())
        with self._lock:
            self._line.append(mine)
            if not self._is_led:
                self._is_led = mine.leads = True
            elif len(self._line) >= self._enough:
                self._are_enough.set()
        if not mine.leads and not mine.gate.acquire(timeout=self._patience):
            self._give_up(mine)
        if mine.leads:
            self._lead()
        if mine.error:
            raise mine.error
        if not mine.is_done:
            raise OperationalError("this was not worked on in time")
        answer: Answer = mine.answer
        return answer

    def _give_up(self, mine: _Place[Item]) -> None:
        """Step out of the line, where nobody may have made her lead in the same instant."""
        with self._lock:
            if not mine.leads and mine in self._line:
                self._line.remove(mine)

    def _lead(self) -> None:
        """Work on those who wait, then let the first of those who came meanwhile lead the next group."""
        group: list[_Place[Item]] = []
        try:
            if self._gather:
                self._wait_for_others()
            with self._lock:
                group, self._line = self._line[: self._largest], self._line[self._largest :]
            self._work_on(group)
        finally:
            with self._lock:
                following = self._line[0] if self._line else None
                self._is_led = following is not None
                if following:
                    following.leads = True
                    following.gate.release()
            # The first of them is she who leads.
            for each in group[1:]:
                each.gate.release()

    def _wait_for_others(self) -> None:
        with self._lock:
            left = self._line[0].came_at + self._gather - time.monotonic()
            if left <= 0 or len(self._line) >= self._enough:
                return
            self._are_enough.clear()
        self._are_enough.wait(left)

    def _work_on(self, group: Sequence[_Place[Item]]) -> None:
        try:
            self._answer(group)
        except (OperationalError, InterfaceError) as error:  # the database is away: nobody is better off alone
            for each in group:
                each.error = error
        except Exception as error:
            if len(group) == 1:
                group[0].error = error
                return
            for each in group:
                self._work_on([each])

    def _answer(self, group: Sequence[_Place[Item]]) -> None:
        answers = self._work([each.item for each in group])
        for each, answer in zip(group, answers, strict=True):
            if isinstance(answer, Exception):
                each.error = answer
            else:
                each.answer = answer
            each.is_done = True
