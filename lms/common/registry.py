"""How a higher app adds to a lower one's pages and clocks without being imported by it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.http import HttpRequest

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Entries by name, filled while apps get ready. Registering a name twice is a bug and raises."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> None:
        if name in self._entries:
            raise ValueError(f"{name!r} is registered already")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def items(self) -> Iterable[tuple[str, Entry]]:
        return self._entries.items()

    def values(self) -> Iterable[Entry]:
        return self._entries.values()


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the main menu. ``shown_to`` must be cheap: it runs on every page.

    ``count`` gives the number beside it, to those to whom it is shown; it must be as cheap as a cache's answer.
    """

    label: str | Promise
    url_name: str
    icon: str
    order: int
    shown_to: Callable[[Any], bool]
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True, slots=True)
class HeaderItem:
    """A sign in the header of every page with a number beside it. ``count`` must be as cheap as a cache's answer."""

    label: str | Promise
    url_name: str
    icon: str
    order: int
    count: Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class DashboardCard:
    """A card on the learner's home: a template in ``theme`` and the values it needs."""

    template: str
    order: int
    context: Callable[["HttpRequest"], dict[str, Any]]
    is_pressing: bool = False
    """Whether it stands above everything else, for what has a day."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What a course's outline keeps of an activity where it stands in a lesson.

    ``criterion`` says what completes it besides the passing grade, in the words of its kind.
    """

    title: str
    passing_grade: Decimal | None = None
    criterion: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """A kind of activity in lessons. The name it is registered under is that of its block in ``LessonBlocks``, of the
    id of the activity in that block's value, and ``OutlineItem.activity_kind``.

    ``place`` says what the outline keeps of each of these block values, ``None`` for what is not there any more.
    ``render`` gives the HTML of every item of this kind on one page for one learner, by item id; ``enrollment`` is
    ``None`` in an author's preview. Both take a number of queries that does not grow with the items.
    """

    label: str | Promise
    icon: str
    render: Callable[["HttpRequest", Any, list[Any]], dict[int, str]]
    place: Callable[[Sequence[Mapping[str, Any]]], list[Placed | None]]


activities: Registry[Activity] = Registry()

menu_items: Registry[MenuItem] = Registry()
people_actions: Registry[MenuItem] = Registry()
"""What can be done with many people at once: buttons above the list of people."""
header_items: Registry[HeaderItem] = Registry()
dashboard_cards: Registry[DashboardCard] = Registry()

bells: Registry[Callable[..., None]] = Registry()
"""Ways to wake a background worker, by queue of work. Ringing is a hint: the row in the database is the work."""


def ring(bell: str, *args: Any) -> None:
    """Wake the worker that looks after ``bell``, after commit; a broker that is down changes nothing but the delay."""
    if bell in bells:
        bells[bell](*args)
