"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "courses.pages"
    verbose_name = _("Course pages")

    def ready(self) -> None:
        from courses.pages import receivers  # noqa: F401 - registers them
