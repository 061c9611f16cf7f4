"""Registers the app with Django."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from lms.common.registry import MenuItem, menu_items


class PagesConfig(AppConfig):
    name = "courses.pages"
    verbose_name = _("Course pages")

    def ready(self) -> None:
        from courses.pages import receivers  # noqa: F401 - registers them

        menu_items.register("catalog", MenuItem(_("Catalog"), "pages:catalog", "library", 10, lambda person: True))
        post_migrate.connect(_prepare_cms, sender=self, dispatch_uid="prepare_cms")


def _prepare_cms(apps: Any = None, **kwargs: Any) -> None:
    """After migrating, the CMS has its home page and its groups."""
    if apps is None:  # emptied, not migrated: there is nothing to stand on
        return
    from django.db.utils import OperationalError, ProgrammingError

    from courses.pages.access import prepare

    try:
        apps.get_model("pages", "CoursePage")
    except LookupError:  # migrated back to nothing
        return
    try:
        prepare()
    except (OperationalError, ProgrammingError):  # migrated to a point where tables are still missing
        return
