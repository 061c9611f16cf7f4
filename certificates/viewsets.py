"""How organizers say what their certificates' numbers look like."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from certificates.models import NumberPattern
from courses.catalog.models import CourseRun
from lms.people.models import OrgUnit
from lms.people.queries import branch_roots, has_role


class OrganizersPolicy(ModelPermissionPolicy):  # type: ignore[misc]
    """Organizers look after the patterns of the units in their branches, administrators after all."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return has_role(user, "organizer")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return has_role(user, "organizer")

    def user_has_permission_for_instance(self, user: Any, action: str, instance: NumberPattern) -> bool:
        return bool(OrgUnit.objects.visible_to(user, "organizer").filter(pk=instance.organizer_id).exists())

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: NumberPattern) -> bool:
        return self.user_has_permission_for_instance(user, "change", instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return NumberPattern.objects.filter(organizer__in=OrgUnit.objects.visible_to(user, "organizer"))


register_permission_policy(NumberPattern, OrganizersPolicy(NumberPattern))


class Mine:
    """Patterns of others do not exist for an organizer."""

    request: Any

    def get_queryset(self) -> Any:
        patterns = NumberPattern.objects.select_related("organizer").order_by("organizer__name")
        return patterns.filter(organizer__in=OrgUnit.objects.visible_to(self.request.user, "organizer"))


class PatternIndexView(generic.IndexView):  # type: ignore[misc]
    get_base_queryset = Mine.get_queryset


class PatternEditView(Mine, generic.EditView):  # type: ignore[misc]
    """Changes one of hers."""


class PatternDeleteView(Mine, generic.DeleteView):  # type: ignore[misc]
    """Goes back to the numbers that everybody has."""


class PatternHistoryView(generic.HistoryView):  # type: ignore[misc]
    get_base_object_queryset = Mine.get_queryset


class PatternUsageView(generic.UsageView):  # type: ignore[misc]
    get_base_object_queryset = Mine.get_queryset


class PatternForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A pattern for a unit in which the person organizes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is None:
            return
        organizing = Q(pk__in=branch_roots(self.for_user, "organizer")) | Q(
            pk__in=CourseRun.objects.values("organizer")
        )
        units = OrgUnit.objects.visible_to(self.for_user, "organizer").filter(organizing)
        self.fields["organizer"].queryset = units.order_by("name")


class NumberPatternViewSet(ModelViewSet):  # type: ignore[misc]
    model = NumberPattern
    name = "certificate_numbers"
    icon = "order"
    menu_label = _("Certificate numbers")
    menu_order = 160
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = PatternIndexView
    edit_view_class = PatternEditView
    delete_view_class = PatternDeleteView
    history_view_class = PatternHistoryView
    usage_view_class = PatternUsageView
    list_display = ["organizer", Column("pattern", label=_("pattern"))]
    edit_handler = ObjectList([FieldPanel("organizer"), FieldPanel("pattern")], base_form_class=PatternForm)
