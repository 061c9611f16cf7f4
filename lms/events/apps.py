"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "lms.events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from lms.common.celery_bell import bell_for, gathering_bell_for
        from lms.common.registry import bells
        from lms.events.tasks import deliver, deliver_bulk

        bells.register("events", gathering_bell_for(deliver))
        bells.register("bulk-events", bell_for(deliver_bulk))
