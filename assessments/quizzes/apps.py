"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "assessments.quizzes"
    verbose_name = _("Quizzes")

    def ready(self) -> None:
        from assessments.quizzes.activities import place_questions, place_quizzes, practice_forms, quiz_cards
        from lms.common.registry import Activity, activities

        activities.register("quiz", Activity(_("Quiz"), "clipboard-check", quiz_cards, place_quizzes))
        activities.register("question", Activity(_("Question"), "circle-help", practice_forms, place_questions))
