"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransferConfig(AppConfig):
    name = "courses.transfer"
    verbose_name = _("Course import and export")

    def ready(self) -> None:
        from courses.transfer.tasks import carry_out
        from lms.common.celery_bell import bell_for
        from lms.common.registry import bells

        bells.register("course-imports", bell_for(carry_out))
