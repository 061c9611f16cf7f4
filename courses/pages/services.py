"""Making course pages from drafts, and publishing them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale, Page, ReferenceIndex, Revision, Site

from courses.catalog.models import Category, Course
from courses.media.models import CourseDocument, MediaFile, Picture
from courses.pages import outline
from courses.pages.models import CoursePage, HomePage, LessonPage, SectionPage

Block = tuple[str, Any]
"""A block's name and its value as stored: text is HTML, what is chosen is an id."""


@dataclass(frozen=True, slots=True)
class LessonDraft:
    """A lesson to be made. ``key`` keeps it the same lesson when it is made again elsewhere."""

    title: str
    minutes: int = 0
    body: Sequence[Block] = ()
    key: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A section to be made, with its lessons in order."""

    title: str
    lessons: Sequence[LessonDraft] = ()
    is_gate: bool = False
    key: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A course to be made, with its sections in order. ``about`` is HTML."""

    title: str
    slug: str = ""
    summary: str = ""
    about: str = ""
    audience: str = ""
    jp: int = 0
    language: str = "id"
    category: Category | None = None
    organizer: Any = None
    has_certificate: bool = True
    cover: Any = None
    owner: Any = None
    sections: Sequence[SectionDraft] = field(default_factory=list)


def home_page() -> HomePage:
    """The page below which all courses stand; made when it is not there."""
    home: HomePage | None = HomePage.objects.first()
    if home is not None:
        return home
    Locale.objects.get_or_create(language_code="id")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    home = HomePage(title="Diklat", slug="courses")
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "Diklat"},
    )
    # Wagtail's own first page has nothing to say here.
    Page.objects.filter(depth=2, slug="home").exclude(pk=home.pk).delete()
    home.refresh_from_db()
    return home


@transaction.atomic
def create_course(draft: CourseDraft) -> CoursePage:
    """Make the pages of a course, none of them published. A slug that is taken gets a number."""
    page: CoursePage = home_page().add_child(
        instance=CoursePage(
            title=draft.title,
            slug=_free_slug(draft.slug or slugify(draft.title)),
            summary=draft.summary[:300],
            about=draft.about,
            audience=draft.audience,
            category=draft.category,
            jp=draft.jp,
            language=draft.language,
            organizer=draft.organizer,
            has_certificate=draft.has_certificate,
            cover=draft.cover,
            owner=draft.owner,
            live=False,
            has_unpublished_changes=True,
        )
    )
    for section_number, section in enumerate(draft.sections, start=1):
        section_page = page.add_child(
            instance=SectionPage(
                title=section.title[:255],
                slug=f"{section_number}-{slugify(section.title)[:80]}".rstrip("-"),
                is_gate=section.is_gate,
                owner=draft.owner,
                live=False,
                has_unpublished_changes=True,
                **_kept(section.key),
            )
        )
        for lesson_number, lesson in enumerate(section.lessons, start=1):
            section_page.add_child(
                instance=LessonPage(
                    title=lesson.title[:255],
                    slug=f"{lesson_number}-{slugify(lesson.title)[:80]}".rstrip("-"),
                    minutes=lesson.minutes,
                    body=as_stored(lesson.body),
                    owner=draft.owner,
                    live=False,
                    has_unpublished_changes=True,
                    **_kept(lesson.key),
                )
            )
    return page


@transaction.atomic
def publish_course(course_page: CoursePage, *, by: Any) -> Course:
    """Publish a course page with everything below it, and write its outline once."""
    with outline.together():
        now = timezone.now()
        pages = Page.objects.descendant_of(course_page, inclusive=True)
        # Pages that were never edited in the CMS have no revision: what is in the tables is what is published.
        pages.filter(latest_revision=None, first_published_at=None).update(first_published_at=now)
        pages.filter(latest_revision=None).update(live=True, has_unpublished_changes=False, last_published_at=now)
        for page in pages.exclude(latest_revision=None).select_related("latest_revision").order_by("path"):
            page.latest_revision.publish(user=by)
    course = outline.publish(CoursePage.objects.get(pk=course_page.pk))
    assert course is not None
    return course


@transaction.atomic
def render_lessons_with(kind: str, file_id: int) -> int:
    """Render the published lessons in which this file stands; returns how many. Nothing else of them changes."""
    model: Any = {"picture": Picture, "document": CourseDocument}.get(kind, MediaFile)
    file = model.objects.filter(pk=file_id).first()
    if file is None:
        return 0
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(file).filter(base_content_type=page_type)
    page_ids = {int(page_id) for page_id in references.values_list("object_id", flat=True)}
    lessons = list(LessonPage.objects.live().filter(pk__in=page_ids))
    course_pages = {lesson.course_page() for lesson in lessons}
    for course_page in course_pages:
        if course_page.live:
            outline.publish(course_page, render_all=False, render=page_ids)
    return len(lessons)


@transaction.atomic
def publish_scheduled() -> int:
    """Publish and take back the course pages whose moment has come; returns how many."""
    now = timezone.now()
    with outline.together():
        expired = list(Page.objects.filter(live=True, expire_at__lte=now).specific())
        for page in expired:
            page.unpublish(set_expired=True)
        due = list(Revision.page_revisions.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at"))
        for revision in due:
            revision.publish()
    return len(expired) + len(due)


def as_stored(body: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks in the shape in which a lesson keeps them, each with an id of its own."""
    return [{"type": name, "value": value, "id": str(uuid.uuid4())} for name, value in body]


def _kept(key: uuid.UUID | None) -> dict[str, uuid.UUID]:
    return {"translation_key": key} if key else {}


def _free_slug(wanted: str) -> str:
    slug = wanted[:100].strip("-") or "course"
    taken = set(CoursePage.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    taken |= set(Course.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    if slug not in taken:
        return slug
    return next(f"{slug}-{number}" for number in range(2, 10_000) if f"{slug}-{number}" not in taken)
