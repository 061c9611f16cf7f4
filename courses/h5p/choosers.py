"""Choosing interactive content in the CMS."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from courses.h5p.models import Content
from courses.packages.choosers import TitleFilterForm

if TYPE_CHECKING:
    from django.db.models import QuerySet


class _Contents:
    filter_form_class = TitleFilterForm

    def get_object_list(self) -> "QuerySet[Content]":
        return Content.objects.published().with_kinds("live")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("kind", label=_("Kind"), accessor="live.library.title"),
            Column("created_at", label=_("Day"), accessor="created_at"),
        ]


class ContentChooseView(_Contents, ChooseView):  # type: ignore[misc]
    pass


class ContentChooseResultsView(_Contents, ChooseResultsView):  # type: ignore[misc]
    pass


class ContentChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    model = Content
    icon = "media"
    choose_one_text = _("Choose interactive content")
    choose_another_text = _("Choose other interactive content")
    edit_item_text = _("Look at this content")
    choose_view_class = ContentChooseView
    choose_results_view_class = ContentChooseResultsView


content_chooser = ContentChooserViewSet("h5p_content_chooser")
