"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "lms.notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from lms.common.celery_bell import bell_for
        from lms.common.registry import HeaderItem, bells, header_items
        from lms.notifications.queries import unread_count
        from lms.notifications.tasks import send_mail

        bells.register("mail", bell_for(send_mail))
        header_items.register("messages", HeaderItem(_("Messages"), "notifications:inbox", "bell", 10, unread_count))
