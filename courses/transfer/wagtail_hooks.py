"""The CMS menu's way to course imports."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.transfer.queries import may_import


class ImportMenuItem(MenuItem):  # type: ignore[misc]
    """Shown to those who may add courses."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_urls() -> list[Any]:
    """Addresses below ``/cms/``."""
    return [path("imports/", include("courses.transfer.urls"))]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def register_menu_item() -> MenuItem:
    """Beside the pages."""
    return ImportMenuItem(_("Import a course"), reverse("transfer:imports"), icon_name="download", order=250)
