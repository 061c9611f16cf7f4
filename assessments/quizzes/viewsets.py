"""Editing quizzes in the CMS."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.quizzes.authoring import QuizForm
from assessments.quizzes.models import Quiz

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class QuizViewSet(ModelViewSet):  # type: ignore[misc]
    model = Quiz
    name = "quiz_editor"
    icon = "list-ol"
    menu_label = _("Quizzes")
    add_to_admin_menu = True
    menu_order = 310
    copy_view_enabled = False
    list_display = ("title", Column("question_count", label=_("Questions")), "passing_grade", "course")
    list_filter = ("course",)
    search_fields = ("title",)
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> Any:
        return QuizForm

    def get_queryset(self, request: "HttpRequest") -> "QuerySet[Quiz]":
        """Quizzes with the number of their questions."""
        return Quiz.objects.select_related("course").annotate(question_count=Count("places"))


quiz_viewset = QuizViewSet()
