"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class H5PConfig(AppConfig):
    name = "courses.h5p"
    verbose_name = _("Interactive content (H5P)")

    def ready(self) -> None:
        from courses.h5p.activities import cards, place
        from courses.h5p.checking import kind
        from courses.h5p.tasks import carry_out
        from courses.packages.kinds import kinds
        from lms.common.celery_bell import bell_for
        from lms.common.registry import Activity, activities, bells

        activities.register("h5p", Activity(_("Interactive content"), "puzzle", cards, place))
        kinds.register("h5p", kind)
        bells.register("h5p-imports", bell_for(carry_out))
