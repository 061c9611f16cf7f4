"""Registers the app with Django."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "lms.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from lms.common.celery_bell import bell_for
        from lms.common.registry import MenuItem, bells, menu_items
        from lms.jobs.tasks import work

        bells.register("jobs", bell_for(work))
        menu_items.register("jobs", MenuItem(_("My jobs"), "jobs:mine", "list-checks", 80, _has_jobs))


def _has_jobs(person: Any) -> bool:
    """Whoever may start a job; learners never see the line."""
    from lms.jobs.kinds import kinds

    return bool(person.is_authenticated) and any(kind.may_use(person) for kind in kinds.values())
