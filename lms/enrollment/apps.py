"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "lms.enrollment"
    verbose_name = _("Enrollment")

    def ready(self) -> None:
        import lms.enrollment.receivers  # noqa: F401
