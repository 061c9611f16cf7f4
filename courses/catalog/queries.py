"""Questions about courses and their outlines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from courses.catalog.models import Course, OutlineItem


@dataclass(frozen=True)
class Outline:
    """A course's items as last published, front to back, and what is asked of them again and again.

    Shared by all requests of a process: read it, never change it.
    """

    items: tuple[OutlineItem, ...]

    @cached_property
    def by_id(self) -> dict[int, OutlineItem]:
        return {item.pk: item for item in self.items}

    @cached_property
    def children(self) -> dict[int | None, list[OutlineItem]]:
        """Items by the id of their parent, in order."""
        found: dict[int | None, list[OutlineItem]] = {}
        for item in self.items:
            found.setdefault(item.parent_id, []).append(item)
        return found

    @cached_property
    def required_ids(self) -> frozenset[int]:
        """Lessons and activities that count toward completing the course."""
        return frozenset(item.pk for item in self.items if item.is_required and item.kind != OutlineItem.Kind.SECTION)

    @cached_property
    def lessons(self) -> tuple[OutlineItem, ...]:
        """What the learner pages through, in order."""
        return tuple(item for item in self.items if item.kind == OutlineItem.Kind.LESSON)

    @cached_property
    def sections(self) -> tuple[OutlineItem, ...]:
        return tuple(item for item in self.items if item.kind == OutlineItem.Kind.SECTION)

    @cached_property
    def section_of(self) -> dict[int, int | None]:
        """The id of the section each item stands in; a section stands in itself."""
        found: dict[int, int | None] = {}
        for item in self.items:
            if item.kind == OutlineItem.Kind.SECTION:
                found[item.pk] = item.pk
            else:
                found[item.pk] = found.get(item.parent_id) if item.parent_id else None
        return found

    @cached_property
    def required_of(self) -> dict[int | None, frozenset[int]]:
        """The required items of each section."""
        found: dict[int | None, set[int]] = {}
        for pk in self.required_ids:
            found.setdefault(self.section_of[pk], set()).add(pk)
        return {section: frozenset(ids) for section, ids in found.items()}

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items if item.kind != OutlineItem.Kind.SECTION)

    def activities_of(self, lesson_id: int) -> list[OutlineItem]:
        """The activities inside a lesson, in order."""
        return self.children.get(lesson_id, [])

    def lesson_of(self, item: OutlineItem) -> OutlineItem | None:
        """The lesson an item is read in: itself, or the one around an activity."""
        if item.kind == OutlineItem.Kind.LESSON:
            return item
        return self.by_id.get(item.parent_id) if item.parent_id else None

    def around(self, lesson: OutlineItem) -> tuple[OutlineItem | None, OutlineItem | None]:
        """The lessons before and after."""
        place = self.lessons.index(lesson)
        before = self.lessons[place - 1] if place else None
        after = self.lessons[place + 1] if place + 1 < len(self.lessons) else None
        return before, after

    def __iter__(self) -> Iterator[OutlineItem]:
        return iter(self.items)


def outline(course: Course) -> Outline:
    """The outline as last published, read once per process and publication.

    Publishing moves ``Course.published_at``, in the transaction that writes the items; that is what makes every
    process read again.
    """
    if course.published_at is None:
        return _read(course.pk)
    return _outline(course.pk, course.published_at)


@lru_cache(maxsize=256)
def _outline(course_id: int, published_at: datetime) -> Outline:
    return _read(course_id)


def _read(course_id: int) -> Outline:
    return Outline(tuple(OutlineItem.objects.current().filter(course_id=course_id)))
