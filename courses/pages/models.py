"""What authors write: the course as a tree of pages, and the published lesson as learners read it."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import Page, PageManager, PagePermissionTester
from wagtail.search import index

from courses.pages import panels
from courses.pages.fields import LessonField
from courses.pages.querysets import CoursePageQuerySet
from courses.pages.rendering import preview_parts

LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]


class CoursePermissions(PagePermissionTester):  # type: ignore[misc]
    """An author may do everything in the courses she may edit, and nothing in the others."""

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        if not user.is_superuser and not may_edit_course_of(page, user):
            self.permissions: set[str] = set()


def may_edit_course_of(page: Page, person: Any) -> bool:
    """Whether ``person`` may edit the course to which a page belongs; remembered for the request on ``person``."""
    known: dict[str, bool] = person.__dict__.setdefault("_editable_courses", {})
    path = page.path[: Page.steplen * COURSE_DEPTH]
    if path not in known:
        # A course that is being added has no path of its own yet: it is its author's.
        if not page.pk and isinstance(page, CoursePage):
            return True
        known[path] = CoursePage.objects.editable_by(person).filter(path=path).exists()
    return known[path]


COURSE_DEPTH = 3
"""Below Wagtail's root and the home page."""


class HomePermissions(PagePermissionTester):  # type: ignore[misc]
    """An author may add courses below the home page; the page itself is nobody's to change."""

    def can_edit(self) -> bool:
        return bool(self.user.is_superuser)

    def can_publish(self) -> bool:
        return bool(self.user.is_superuser)

    def can_unpublish(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False


class OfCourse(models.Model):
    """What pages of a course have in common."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return CoursePermissions(user, self)

    def course_page(self) -> "CoursePage":
        """The course to which this page belongs."""
        page: Any = self
        if isinstance(page, CoursePage):
            return page
        course: CoursePage = CoursePage.objects.get(path=page.path[: Page.steplen * COURSE_DEPTH])
        return course

    def get_url_parts(self, *args: Any, **kwargs: Any) -> tuple[int, str, str] | None:
        """Where learners find it: the landing page of the course."""
        page: Any = self
        slugs = page.url_path.strip("/").split("/")
        if len(slugs) < COURSE_DEPTH - 1:
            return None
        return (1, settings.SITE_URL, reverse("pages:course", args=[slugs[COURSE_DEPTH - 2]]))


class HomePage(Page):  # type: ignore[misc]
    """The root of all courses. Learners see the catalog in its place."""

    max_count = 1
    edit_handler = panels.HOME
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["pages.CoursePage"]

    preview_modes: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("courses")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return HomePermissions(user, self)

    def get_url_parts(self, *args: Any, **kwargs: Any) -> tuple[int, str, str]:
        return (1, settings.SITE_URL, reverse("pages:catalog"))


class CoursePage(OfCourse, Page):  # type: ignore[misc]
    """A course as its author writes it. Publishing it writes ``catalog.Course`` and the outline."""

    summary = models.CharField(
        _("in one or two sentences"),
        max_length=300,
        blank=True,
        help_text=_("Stands below the title in the catalog: what will one be able to do afterwards?"),
    )
    about = RichTextField(
        _("what one learns"),
        blank=True,
        features=["h3", "bold", "italic", "ol", "ul", "link"],
        help_text=_("Goals, topics and way of working, as the learner reads them before enrolling."),
    )
    audience = models.TextField(_("for whom"), blank=True, help_text=_("For example: front-desk officers of a KUA."))
    category = models.ForeignKey(
        "catalog.Category",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    jp = models.PositiveSmallIntegerField(
        _("lesson hours (JP)"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(900)],
        help_text=_("One JP is 45 minutes. It is printed on the certificate."),
    )
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="id")
    organizer = models.ForeignKey(
        "people.OrgUnit",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organized by"),
        help_text=_("All authors of this unit may edit the course."),
    )
    has_certificate = models.BooleanField(_("gives a certificate"), default=True)
    cover = models.ForeignKey(
        "media.Picture",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover picture"),
        help_text=_("Landscape, at least 960 pixels wide."),
    )

    objects = PageManager.from_queryset(CoursePageQuerySet)()  # type: ignore[django-manager-missing]

    edit_handler = panels.COURSE
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = ["pages.SectionPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("audience")]

    preview_modes: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")


class SectionPage(OfCourse, Page):  # type: ignore[misc, django-manager-missing]
    """A section of a course: a step that learners take as a whole."""

    is_gate = models.BooleanField(
        _("must be finished before the next section"),
        default=False,
        help_text=_("The next section opens only after every lesson and required test of this one."),
    )

    edit_handler = panels.SECTION
    parent_page_types: ClassVar[list[str]] = ["pages.CoursePage"]
    subpage_types: ClassVar[list[str]] = ["pages.LessonPage"]

    preview_modes: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")


class LessonPage(OfCourse, Page):  # type: ignore[misc, django-manager-missing]
    """A lesson: blocks in reading order."""

    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=0, help_text=_("How long it takes, as you estimate it. Learners plan by it.")
    )
    body = LessonField(verbose_name=_("content"), blank=True)
    least_minutes = models.PositiveSmallIntegerField(
        _("minutes on the page at least"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(600)],
        help_text=_("The server counts only while somebody is there. Empty: the time does not matter."),
    )
    least_watched = models.PositiveSmallIntegerField(
        _("share of each video and recording that must be played"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent, skipped parts do not count. Empty: learners may leave it out."),
    )
    at_normal_speed = models.BooleanField(
        _("not faster than normal"), default=False, help_text=_("What is played faster does not count.")
    )

    edit_handler = panels.LESSON
    parent_page_types: ClassVar[list[str]] = ["pages.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The lesson as a learner will see it, with its activities, which keep nothing here."""
        parts = preview_parts(request, self.body)
        return render(request, "lessons/preview.html", {"page": self, "parts": parts})


class PublishedLesson(models.Model):
    """A lesson as published: HTML made once, read at every visit.

    ``parts`` is a list in reading order of ``{"html": "..."}``, ``{"activity": "<item key>"}`` and ``{"topic": "<block
    id>", "forms": [...]}``; the player puts the learner's own state where an activity stands, and shows of a topic the
    form she chose. ``size`` is its weight in bytes, ``media_size`` what playing all that
    it holds costs besides, ``least_media_size`` the same with data saving.
    """

    item = models.OneToOneField(
        "catalog.OutlineItem", on_delete=models.CASCADE, primary_key=True, related_name="published_lesson"
    )
    parts = models.JSONField()
    size = models.PositiveIntegerField()
    media_size = models.PositiveBigIntegerField(default=0)
    least_media_size = models.PositiveBigIntegerField(default=0)
    published_at = models.DateTimeField()
