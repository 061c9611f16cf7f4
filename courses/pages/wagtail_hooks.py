"""What the CMS shows to authors and organizers, and what it does not."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component

from courses.pages.choosers import audio_chooser, video_chooser
from courses.pages.models import CoursePage
from courses.pages.services import home_page
from courses.pages.viewsets import CategoryViewSet
from lms.people.queries import has_role

COURSES_AT_HOME = 8

NOT_FOR_US = {"reports", "help", "settings", "snippets"}
"""Menus of Wagtail's that promise what this platform does elsewhere, or not at all."""


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_choosers() -> list[Any]:
    """The choosers of video and audio."""
    return [video_chooser, audio_chooser]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_viewsets() -> list[Any]:
    """What is edited besides pages."""
    return [CategoryViewSet()]


@hooks.register("construct_main_menu")  # type: ignore[untyped-decorator]
def keep_to_what_is_needed(request: HttpRequest, menu_items: list[Any]) -> None:
    """Take away the menus nobody here uses."""
    menu_items[:] = [item for item in menu_items if item.name not in NOT_FOR_US]


class HomePanel(Component):  # type: ignore[misc]
    """Where one goes on: her courses, or the planner of periods and runs."""

    name = "courses"
    order = 10
    template_name = "pages_cms/home_panel.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        person = parent_context["request"].user
        courses = CoursePage.objects.editable_by(person).order_by("-latest_revision_created_at", "-pk")
        return {
            "writes": has_role(person, "author"),
            "organizes": has_role(person, "organizer"),
            "courses": courses[:COURSES_AT_HOME],
            "add_course_url": reverse("wagtailadmin_pages:add", args=["pages", "coursepage", home_page().pk]),
        }


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def plain_homepage(request: HttpRequest, panels: list[Any]) -> None:
    """The first page of the CMS has what one was working on, and nothing about Wagtail."""
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in {"upgrade_notification", "whats_new"}]
    panels.append(HomePanel())


@hooks.register("construct_homepage_summary_items", order=1000)  # type: ignore[untyped-decorator]
def no_counting(request: HttpRequest, items: list[Any]) -> None:
    """How many pages and pictures there are helps nobody."""
    items.clear()


@hooks.register("construct_explorer_page_queryset")  # type: ignore[untyped-decorator]
def only_own_courses(parent_page: Any, pages: Any, request: HttpRequest) -> Any:
    """An author's list of courses holds those she may edit."""
    person: Any = request.user
    if person.is_superuser or parent_page.depth != 2:
        return pages
    return pages.filter(Q(pk__in=CoursePage.objects.editable_by(person).values("pk")))


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def brand() -> SafeString:
    """Our colors on Wagtail's surfaces."""
    return format_html('<link rel="stylesheet" href="{}">', static("pages/cms.css"))


@hooks.register("insert_global_admin_js")  # type: ignore[untyped-decorator]
def mend() -> SafeString:
    """What Wagtail's scripts need to start our forms."""
    return format_html('<script src="{}" defer></script>', static("pages/cms.js"))


@hooks.register("get_avatar_url")  # type: ignore[untyped-decorator]
def no_picture_from_elsewhere(user: Any, size: int) -> str:
    """Everybody has the same picture, from here."""
    return static("theme/brand/mark.svg")
