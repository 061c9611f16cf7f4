"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "lms.people"
    verbose_name = _("People and units")

    def ready(self) -> None:
        from lms.common.registry import MenuItem, menu_items, people_actions
        from lms.jobs.services import kinds
        from lms.people.imports.people import PeopleImport
        from lms.people.imports.units import UnitsImport
        from lms.people.queries import has_role

        upload, units = PeopleImport(), UnitsImport()
        kinds.register(upload.name, upload)
        kinds.register(units.name, units)
        people_actions.register("import", MenuItem(_("Upload staff"), "people:import", "upload", 10, upload.may_use))
        menu_items.register(
            "people",
            MenuItem(
                label=_("People"),
                url_name="people:list",
                icon="users",
                order=70,
                shown_to=lambda person: has_role(person, "hr_officer") or has_role(person, "administrator"),
            ),
        )
