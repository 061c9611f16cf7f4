"""Registers the app with Django, and its line in the main menu."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lms.common.registry import MenuItem, menu_items


class ProgressConfig(AppConfig):
    name = "lms.progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        import lms.progress.receivers  # noqa: F401

        menu_items.register(
            "learn",
            MenuItem(_("My learning"), "progress:home", "graduation-cap", 20, lambda user: user.is_authenticated),
        )
