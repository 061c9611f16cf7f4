"""Choosing a package in the CMS."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from courses.packages.choosers import TitleFilterForm
from courses.scorm.models import Package

if TYPE_CHECKING:
    from django.db.models import QuerySet


class _Packages:
    filter_form_class = TitleFilterForm

    def get_object_list(self) -> "QuerySet[Package]":
        return Package.objects.exclude(live=None).select_related("live").defer("live__course", "live__files")

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, Column("standard", label=_("Kind"), accessor="live.get_standard_display")]  # type: ignore[misc]


class PackageChooseView(_Packages, ChooseView):  # type: ignore[misc]
    pass


class PackageChooseResultsView(_Packages, ChooseResultsView):  # type: ignore[misc]
    pass


class PackageChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    model = Package
    icon = "folder-inverse"
    choose_one_text = _("Choose a package")
    choose_another_text = _("Choose another package")
    edit_item_text = _("Edit this package")
    choose_view_class = PackageChooseView
    choose_results_view_class = PackageChooseResultsView


package_chooser = PackageChooserViewSet("package_chooser")
