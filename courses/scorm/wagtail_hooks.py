"""What packages add to the CMS."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.scorm.choosers import package_chooser


class PackagesMenuItem(MenuItem):  # type: ignore[misc]
    """Shown to those who write courses."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scorm.change_package")


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_urls() -> list[Any]:
    """Addresses below ``/cms/``."""
    return [path("packages/", include("courses.scorm.cms_urls"))]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_chooser() -> Any:
    """The chooser of packages."""
    return package_chooser


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def register_menu_item() -> MenuItem:
    """Beside interactive content."""
    return PackagesMenuItem(_("SCORM and cmi5"), reverse("scorm_cms:packages"), icon_name="folder-inverse", order=325)
