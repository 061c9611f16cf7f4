"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScormConfig(AppConfig):
    name = "courses.scorm"
    verbose_name = _("Packages (SCORM, cmi5)")

    def ready(self) -> None:
        from courses.packages.kinds import kinds
        from courses.scorm.activities import package_cards, place_packages
        from courses.scorm.checking import cmi5, scorm
        from courses.scorm.queries import ACTIVITY
        from courses.scorm.tasks import carry_out
        from lms.common.celery_bell import bell_for
        from lms.common.registry import Activity, activities, bells

        kinds.register("scorm", scorm)
        kinds.register("cmi5", cmi5)
        bells.register("scorm-imports", bell_for(carry_out))
        activities.register(ACTIVITY, Activity(_("Package"), "package", package_cards, place_packages))
