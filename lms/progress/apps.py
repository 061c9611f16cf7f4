"""Registers the app with Django, its messages, and its lines in the main menu."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lms.common.registry import MenuItem, menu_items


class ProgressConfig(AppConfig):
    name = "lms.progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        import lms.progress.receivers  # noqa: F401
        from lms.notifications.services import kinds
        from lms.progress.queries import may_review, waiting_count
        from lms.progress.services import KINDS

        for name, kind in KINDS.items():
            kinds.register(name, kind)
        menu_items.register(
            "learn",
            MenuItem(_("My learning"), "progress:home", "graduation-cap", 20, lambda user: user.is_authenticated),
        )
        menu_items.register(
            "reviews",
            MenuItem(_("Study to check"), "progress:reviews", "search-check", 58, may_review, waiting_count),
        )
