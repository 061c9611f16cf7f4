"""Choosing a quiz in the CMS."""

from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from assessments.bank.blocks import TitleFilterForm
from assessments.quizzes.models import Quiz

if TYPE_CHECKING:
    from django.db.models import QuerySet


class _Quizzes:
    filter_form_class = TitleFilterForm

    def get_object_list(self) -> "QuerySet[Quiz]":
        return Quiz.objects.select_related("course").annotate(question_count=Count("places"))

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("question_count", label=_("Questions")),
            Column("course", label=_("Course")),
        ]


class QuizChooseView(_Quizzes, ChooseView):  # type: ignore[misc]
    pass


class QuizChooseResultsView(_Quizzes, ChooseResultsView):  # type: ignore[misc]
    pass


class QuizChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    model = Quiz
    icon = "list-ol"
    choose_one_text = _("Choose a quiz")
    choose_another_text = _("Choose another quiz")
    edit_item_text = _("Edit this quiz")
    choose_view_class = QuizChooseView
    choose_results_view_class = QuizChooseResultsView


quiz_chooser = QuizChooserViewSet("quiz_chooser")
