"""Writes what learners see of a course when its pages are published."""

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from courses.catalog.models import Course, OutlineItem
from courses.media.models import MediaFile
from courses.media.queries import page_counts
from courses.pages.models import CoursePage, LessonPage, PublishedLesson, SectionPage
from courses.pages.rendering import (
    ActivityInLesson,
    TopicInLesson,
    activities_in,
    media_in,
    media_weight,
    render_parts,
    topics_in,
)
from lms.common.html import clean_html
from lms.common.registry import Placed
from lms.common.registry import activities as kinds
from lms.progress.evidence import Criterion, Medium, Topic, seconds_to_look, seconds_to_read

COVER = "fill-960x540|format-webp"
_waiting: ContextVar[set[int] | None] = ContextVar("courses_to_publish", default=None)
WRITTEN = [
    "parent",
    "kind",
    "position",
    "title",
    "minutes",
    "is_required",
    "is_gate",
    "activity_kind",
    "activity_id",
    "passing_grade",
    "criterion",
    "removed_at",
]


@dataclass(slots=True)
class Planned:
    """An item as it shall be. ``under`` is the key of the item it belongs to."""

    key: uuid.UUID
    values: dict[str, Any]
    under: uuid.UUID | None = None
    lesson: LessonPage | None = None
    activities: list[tuple[uuid.UUID, ActivityInLesson]] = field(default_factory=list)


@contextmanager
def together() -> Iterator[None]:
    """Publish many pages and write each course's outline once, at the end."""
    waiting: set[int] = set()
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for page in CoursePage.objects.filter(pk__in=waiting):
        publish(page)


@transaction.atomic
def publish(course_page: CoursePage, *, render_all: bool = True, render: Collection[int] = ()) -> Course | None:
    """Write the course, its outline and its lessons from the pages that are live now; ``None`` when the course is not.

    Safe to repeat, and in a number of queries that does not grow with the lessons. Items are found again by key, so
    learners keep what they completed; what is gone is marked, not deleted. Lessons are rendered anew when they were
    published since the last time, all of them with ``render_all``, and those whose pages are named in ``render``.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(course_page.pk)
        return None
    if not course_page.live:
        withdraw(course_page)
        return None
    course = _write_course(course_page)
    stored = {item.key: item for item in OutlineItem.objects.select_for_update().filter(course=course)}
    plan = _plan(course_page, stored)
    _write_items(course, plan, stored)
    # A lesson speaks the language of its course, whoever publishes it.
    with translation.override(course.language):
        _write_lessons(plan, stored, render_all=render_all, render=render)
    return course


def withdraw(course_page: CoursePage) -> None:
    """Take a course out of the catalog. Its rows stay, for what learners did hangs on them."""
    Course.objects.filter(key=course_page.translation_key).update(published_at=None)


def remove(key: uuid.UUID) -> None:
    """Mark an item and what stands in it as gone."""
    OutlineItem.objects.filter(Q(key=key) | Q(parent__key=key) | Q(parent__parent__key=key), removed_at=None).update(
        removed_at=timezone.now()
    )


def _write_course(page: CoursePage) -> Course:
    course = Course.objects.select_for_update().filter(key=page.translation_key).first()
    if course is None:
        course = Course(key=page.translation_key)
    if course.slug != page.slug:
        # A deleted page may have left its course behind under this slug; old links lead to the living one.
        for orphan in Course.objects.filter(slug=page.slug).exclude(key=page.translation_key):
            orphan.slug = f"{orphan.slug[:100]}-{orphan.pk}"
            orphan.save(update_fields=["slug"])
    course.slug = page.slug
    course.title = page.title
    course.summary = page.summary
    course.about_html = clean_html(page.about)
    course.audience = page.audience
    course.category = page.category
    course.jp = page.jp
    course.language = page.language
    course.organizer = page.organizer
    course.has_certificate = page.has_certificate
    course.cover = page.cover.get_rendition(COVER).file.name if page.cover else ""
    course.search_text = " ".join([page.title, page.summary, page.audience]).lower()
    course.published_at = timezone.now()
    course.save()
    return course


def _plan(course_page: CoursePage, stored: dict[uuid.UUID, OutlineItem]) -> list[Planned]:
    sections = list(SectionPage.objects.child_of(course_page).live().order_by("path"))
    lessons = list(LessonPage.objects.descendant_of(course_page).live().order_by("path"))
    activities = {lesson.pk: activities_in(lesson.body) for lesson in lessons}
    places = _places(activities)
    criteria = _criteria(lessons)
    home = {item.pk: key for key, item in stored.items()}
    taken: set[uuid.UUID] = set()
    plan: list[Planned] = []
    for section in sections:
        plan.append(
            Planned(
                section.translation_key,
                {
                    "kind": OutlineItem.Kind.SECTION,
                    "title": section.title,
                    "is_gate": section.is_gate,
                    "is_required": False,
                },
            )
        )
        for lesson in lessons:
            if not lesson.path.startswith(section.path):
                continue
            entry = Planned(
                lesson.translation_key,
                {
                    "kind": OutlineItem.Kind.LESSON,
                    "title": lesson.title,
                    "minutes": lesson.minutes,
                    "criterion": criteria[lesson.pk],
                },
                under=section.translation_key,
                lesson=lesson,
            )
            plan.append(entry)
            for activity in activities[lesson.pk]:
                placed = places[lesson.pk, activity.block_id]
                if placed is None:
                    continue
                key = _activity_key(lesson, activity, stored, home, taken)
                taken.add(key)
                entry.activities.append((key, activity))
                plan.append(
                    Planned(
                        key,
                        {
                            "kind": OutlineItem.Kind.ACTIVITY,
                            "title": placed.title,
                            "is_required": activity.is_required,
                            "activity_kind": activity.kind,
                            "activity_id": activity.activity_id,
                            "passing_grade": placed.passing_grade,
                            "criterion": placed.criterion,
                        },
                        under=lesson.translation_key,
                    )
                )
    return plan


def _places(activities: dict[int, list[ActivityInLesson]]) -> dict[tuple[int, str], Placed | None]:
    """What each kind says of its activities, by lesson and block."""
    by_kind: dict[str, list[tuple[tuple[int, str], ActivityInLesson]]] = {}
    for lesson_id, found in activities.items():
        for activity in found:
            by_kind.setdefault(activity.kind, []).append(((lesson_id, activity.block_id), activity))
    places: dict[tuple[int, str], Placed | None] = {}
    for kind, shown in by_kind.items():
        said = kinds[kind].place([activity.asked for _key, activity in shown])
        places |= dict(zip((key for key, _activity in shown), said, strict=True))
    return places


def _criteria(lessons: Sequence[LessonPage]) -> dict[int, dict[str, Any]]:
    """What each lesson asks for before it counts as done; of a medium whose length is not known yet, nothing."""
    asked = {lesson.pk: media_in(lesson.body) for lesson in lessons if lesson.least_watched}
    topics = {lesson.pk: topics_in(lesson.body) for lesson in lessons if lesson.least_watched}
    every = [topic for found in topics.values() for topic in found]
    named = {pk for media in asked.values() for pk in media} | {pk for each in every for pk in (each.video, each.audio)}
    known = {
        pk: Medium(seconds, title)
        for pk, seconds, title in MediaFile.objects.filter(pk__in=named - {None})
        .exclude(seconds=None)
        .values_list("pk", "seconds", "title")
    }
    pages = page_counts([topic.slides for topic in every if topic.slides])
    return {
        lesson.pk: Criterion(
            lesson.least_minutes or 0,
            lesson.least_watched or 0,
            lesson.at_normal_speed,
            {str(pk): known[pk] for pk in asked.get(lesson.pk, ()) if pk in known},
            {
                topic.block_id: criterion
                for topic in topics.get(lesson.pk, ())
                if (criterion := _topic(topic, known, pages))
            },
        ).stored()
        for lesson in lessons
    }


def _topic(topic: TopicInLesson, known: Mapping[int, Medium], pages: Mapping[int, int]) -> Topic | None:
    """What of a topic can be measured; ``None`` while nothing of it can."""
    media = {"video": topic.video, "audio": topic.audio}
    played = {
        form: (str(pk), known[pk].seconds) for form, pk in media.items() if pk and pk in known and known[pk].seconds
    }
    texts = {}
    if topic.words:
        texts["reading"] = seconds_to_read(topic.words)
    if topic.slides and (topic.least_minutes or topic.slides in pages):
        texts["slides"] = seconds_to_look(pages.get(topic.slides, 0))
    if topic.least_minutes:
        texts = dict.fromkeys(texts, topic.least_minutes * 60)
    return Topic(topic.title, played, texts) if played or texts else None


def _activity_key(
    lesson: LessonPage,
    activity: ActivityInLesson,
    stored: dict[uuid.UUID, OutlineItem],
    home: dict[int, uuid.UUID],
    taken: set[uuid.UUID],
) -> uuid.UUID:
    """The block's id; of a block in a copied lesson, which has the id of its original, one of its own."""
    key = uuid.UUID(activity.block_id)
    before = stored.get(key)
    belongs_elsewhere = before is not None and before.parent_id and home.get(before.parent_id) != lesson.translation_key
    if key in taken or belongs_elsewhere:
        return uuid.uuid5(lesson.translation_key, activity.block_id)
    return key


def _write_items(course: Course, plan: list[Planned], stored: dict[uuid.UUID, OutlineItem]) -> None:
    now = timezone.now()
    for position, entry in enumerate(plan, start=1):
        entry.values = {
            "minutes": 0,
            "is_required": True,
            "is_gate": False,
            "activity_kind": "",
            "activity_id": None,
            "passing_grade": None,
            "criterion": {},
            **entry.values,
            "position": position,
            "removed_at": None,
        }
    changed = []
    for kind in OutlineItem.Kind:  # parents first, for their children need their ids
        created = []
        for entry in plan:
            if entry.values["kind"] != kind:
                continue
            parent = stored[entry.under] if entry.under else None
            item = stored.get(entry.key)
            if item is None:
                created.append(OutlineItem(course=course, key=entry.key, parent=parent, **entry.values))
                continue
            new = {**entry.values, "parent_id": parent.pk if parent else None}
            if any(getattr(item, name) != value for name, value in new.items()):
                for name, value in new.items():
                    setattr(item, name, value)
                changed.append(item)
        stored.update({item.key: item for item in OutlineItem.objects.bulk_create(created)})
    OutlineItem.objects.bulk_update(changed, WRITTEN, batch_size=500)
    keys = {entry.key for entry in plan}
    gone = [item.pk for key, item in stored.items() if key not in keys and item.removed_at is None]
    OutlineItem.objects.filter(pk__in=gone).update(removed_at=now)


def _write_lessons(
    plan: list[Planned], stored: dict[uuid.UUID, OutlineItem], *, render_all: bool, render: Collection[int]
) -> None:
    now = timezone.now()
    published = dict(
        PublishedLesson.objects.filter(item__in=[stored[entry.key] for entry in _lessons(plan)]).values_list(
            "item_id", "published_at"
        )
    )
    made = []
    for entry in _lessons(plan):
        item = stored[entry.key]
        last = published.get(item.pk)
        assert entry.lesson is not None
        fresh = last and entry.lesson.last_published_at and last >= entry.lesson.last_published_at
        if fresh and not render_all and entry.lesson.pk not in render:
            continue
        keys = {activity.block_id: str(key) for key, activity in entry.activities}
        parts = [
            {"activity": keys[part["activity"]]} if "activity" in part else part
            for part in render_parts(entry.lesson.body)
            if "activity" not in part or part["activity"] in keys
        ]
        size = len(json.dumps(parts, ensure_ascii=False).encode())
        played = media_weight(entry.lesson.body)
        made.append(
            PublishedLesson(
                item=item,
                parts=parts,
                size=size,
                media_size=played.usual,
                least_media_size=played.least,
                published_at=now,
            )
        )
    PublishedLesson.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["parts", "size", "media_size", "least_media_size", "published_at"],
        batch_size=200,
    )


def _lessons(plan: list[Planned]) -> Iterable[Planned]:
    return (entry for entry in plan if entry.lesson is not None)
