"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "lms.reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        import lms.reports.receivers  # noqa: F401
        from lms.common.registry import MenuItem, menu_items
        from lms.jobs.kinds import kinds
        from lms.reports.kinds import CompletionExport
        from lms.reports.queries import may_report

        kinds.register(CompletionExport.name, CompletionExport())

        menu_items.register(
            "reports",
            MenuItem(
                label=_("Report"),
                url_name="reports:overview",
                icon="chart-column",
                order=60,
                shown_to=may_report,
            ),
        )
