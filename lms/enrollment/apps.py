"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "lms.enrollment"
    verbose_name = _("Enrollment")

    def ready(self) -> None:
        import lms.enrollment.receivers  # noqa: F401
        from lms.common.registry import MenuItem, people_actions
        from lms.enrollment.mass_enrollment.kind import MassEnrollment
        from lms.enrollment.services import KINDS
        from lms.jobs.services import kinds
        from lms.notifications.services import kinds as message_kinds

        for name, kind in KINDS.items():
            message_kinds.register(name, kind)
        lists = MassEnrollment()
        kinds.register(lists.name, lists)
        people_actions.register(
            "mass-enroll", MenuItem(_("Enroll a list"), "enrollment:mass-enroll", "list-plus", 20, lists.may_use)
        )
