"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "lms.enrollment"
    verbose_name = _("Enrollment")

    def ready(self) -> None:
        import lms.enrollment.receivers  # noqa: F401
        from lms.common.registry import DashboardCard, MenuItem, dashboard_cards, menu_items, people_actions
        from lms.enrollment.mandatory.due_views import card
        from lms.enrollment.mandatory.exports import DuesExport
        from lms.enrollment.mass_enrollment.kind import MassEnrollment
        from lms.enrollment.planner.kinds import ArrivalsExport, CancelRuns
        from lms.enrollment.queries import may_edit_audiences, may_organize, teaches
        from lms.enrollment.queries.plans import may_lead, may_plan
        from lms.enrollment.services import KINDS, MANDATORY_KINDS
        from lms.jobs.services import kinds
        from lms.notifications.services import kinds as message_kinds

        for name, kind in (KINDS | MANDATORY_KINDS).items():
            message_kinds.register(name, kind)
        lists = MassEnrollment()
        kinds.register(lists.name, lists)
        kinds.register(DuesExport.name, DuesExport())
        menu_items.register(
            "plans", MenuItem(_("Mandatory training"), "enrollment:plans", "clipboard-check", 55, may_plan)
        )
        menu_items.register("team", MenuItem(_("My team"), "enrollment:team", "users-round", 56, may_lead))
        dashboard_cards.register("mandatory", DashboardCard("enrollment/plans/card.html", 10, card, is_pressing=True))
        for each in (CancelRuns(), ArrivalsExport()):
            kinds.register(each.name, each)
        menu_items.register("planner", MenuItem(_("Planner"), "enrollment:planner", "calendar-range", 50, may_organize))
        menu_items.register("classes", MenuItem(_("My classes"), "enrollment:my-classes", "presentation", 40, teaches))
        people_actions.register(
            "audiences", MenuItem(_("Audiences"), "enrollment:audiences", "target", 30, may_edit_audiences)
        )
        people_actions.register(
            "mass-enroll", MenuItem(_("Enroll a list"), "enrollment:mass-enroll", "list-plus", 20, lists.may_use)
        )
