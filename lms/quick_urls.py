"""Addresses that the scripts of pages post to at every tap: see ``lms.common.quick``."""

from django.urls import include, path

from assessments.quizzes.urls import quick as quizzes
from lms.enrollment.urls import quick as enrollment
from lms.progress.urls import quick as progress

urlpatterns = [
    path("quizzes/", include((quizzes, "quizzes"))),
    path("", include((enrollment, "enrollment"))),
    path("", include((progress, "progress"))),
]
