"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "assessments.quizzes"
    verbose_name = _("Quizzes")

    def ready(self) -> None:
        from assessments.quizzes.activities import practice_forms, quiz_cards
        from lms.common.registry import Activity, activities

        activities.register("quiz", Activity(label=_("Quiz"), icon="clipboard-check", render=quiz_cards))
        activities.register("question", Activity(label=_("Question"), icon="circle-help", render=practice_forms))
