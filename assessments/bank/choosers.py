"""Choosing a question in the CMS."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from assessments.bank.kinds import kinds
from assessments.bank.models import Question

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TitleFilterForm(BaseFilterForm):  # type: ignore[misc]
    """Narrows the list by a part of the title or of the course's title."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Title or course")})
    )

    def filter(self, objects: "QuerySet[Any]") -> "QuerySet[Any]":
        wanted = self.cleaned_data.get("q")
        if not wanted:
            return objects
        self.is_searching, self.search_query = True, wanted
        return objects.filter(title__icontains=wanted) | objects.filter(course__title__icontains=wanted)


class KindFilterForm(TitleFilterForm):
    """Narrows the list of questions by kind, too."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *((name, kind.label) for name, kind in kinds.items())],
        widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}),
    )

    def filter(self, objects: "QuerySet[Any]") -> "QuerySet[Any]":
        objects = super().filter(objects)
        kind = self.cleaned_data.get("kind")
        return objects.filter(kind=kind) if kind else objects


class _Questions:
    filter_form_class = KindFilterForm

    def get_object_list(self) -> "QuerySet[Question]":
        return Question.objects.exclude(current=None).select_related("course")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("kind", label=_("Kind"), accessor=lambda question: kinds[question.kind].label),
            Column("course", label=_("Course")),
        ]


class QuestionChooseView(_Questions, ChooseView):  # type: ignore[misc]
    pass


class QuestionChooseResultsView(_Questions, ChooseResultsView):  # type: ignore[misc]
    pass


class QuestionChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    model = Question
    icon = "help"
    choose_one_text = _("Choose a question")
    choose_another_text = _("Choose another question")
    edit_item_text = _("Edit this question")
    choose_view_class = QuestionChooseView
    choose_results_view_class = QuestionChooseResultsView


question_chooser = QuestionChooserViewSet("question_chooser")
