"""Registers the app with Django."""

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        import certificates.receivers  # noqa: F401
        from certificates import queries
        from certificates.tasks import make
        from lms.common.celery_bell import bell_for
        from lms.common.registry import DashboardCard, MenuItem, bells, dashboard_cards, menu_items

        def newest(request: HttpRequest) -> dict[str, Any]:
            return {"certificates": queries.newest_of(request.user)}

        bells.register("certificates", bell_for(make))
        menu_items.register(
            "certificates",
            MenuItem(
                label=_("Certificates"),
                url_name="certificates:mine",
                icon="award",
                order=30,
                shown_to=lambda person: bool(person.is_authenticated),
            ),
        )
        dashboard_cards.register(
            "certificates", DashboardCard(template="certificates/card.html", order=50, context=newest)
        )
