"""What interactive content adds to the CMS."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.h5p.choosers import content_chooser


class ContentMenuItem(MenuItem):  # type: ignore[misc]
    """Shown to those who write courses."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("h5p.change_content")


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_urls() -> list[Any]:
    """Addresses below ``/cms/``."""
    return [path("h5p/", include("courses.h5p.cms_urls"))]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_chooser() -> Any:
    """Choosing content for a lesson."""
    return content_chooser


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def register_menu_item() -> MenuItem:
    """Beside questions and quizzes."""
    return ContentMenuItem(_("Interactive content"), reverse("h5p_cms:contents"), icon_name="media", order=320)
