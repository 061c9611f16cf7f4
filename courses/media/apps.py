"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "courses.media"
    verbose_name = _("Media")

    def ready(self) -> None:
        from courses.media import receivers  # noqa: F401 - registers them
        from courses.media.tasks import prepare
        from lms.common.celery_bell import bell_for
        from lms.common.registry import bells

        bells.register("media", bell_for(prepare))
