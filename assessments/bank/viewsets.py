"""Editing questions in the CMS."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.bank.authoring import QuestionForm
from assessments.bank.kinds import kinds
from assessments.bank.models import Question


class QuestionCreateView(generic.CreateView):  # type: ignore[misc]
    """First the kind is chosen, then the question is written."""

    @property
    def kind(self) -> str:
        return str(self.request.POST.get("kind") or self.request.GET.get("kind") or "")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse
        if self.kind not in kinds and request.user.has_perm("bank.add_question"):
            response = render(request, "bank/choose_kind.html", {"kinds": kinds.items(), "add_url": request.path})
        else:
            response = super().dispatch(request, *args, **kwargs)
        return response

    def get_form_class(self) -> type[QuestionForm]:
        return QuestionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}


class QuestionEditView(generic.EditView):  # type: ignore[misc]
    def get_form_class(self) -> type[QuestionForm]:
        return QuestionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.object.kind}


class QuestionViewSet(ModelViewSet):  # type: ignore[misc]
    model = Question
    name = "questions"
    icon = "help"
    menu_label = _("Questions")
    add_to_admin_menu = True
    menu_order = 300
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    copy_view_enabled = False
    form_fields = ("title", "course")
    list_display = (
        "title",
        Column("kind", label=_("Kind"), accessor=lambda question: kinds[question.kind].label),
        "course",
        Column("version", label=_("Version"), accessor=lambda question: question.current and question.current.number),
    )
    list_filter = ("kind", "course")
    search_fields = ("title",)
    search_backend_name = None


question_viewset = QuestionViewSet()
