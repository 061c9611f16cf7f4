"""Addresses of the app."""

from django.urls import path

from assessments.quizzes import views

app_name = "quizzes"
quick = [
    path("attempts/<int:attempt_id>/save/", views.save, name="save"),
]
urlpatterns = [
    *quick,
    path("<int:enrollment_id>/<int:item_id>/", views.start, name="start"),
    path("<int:enrollment_id>/<int:item_id>/practice/", views.practice, name="practice"),
    path("attempts/<int:attempt_id>/", views.attempt, name="attempt"),
    path("attempts/<int:attempt_id>/submit/", views.submit, name="submit"),
    path("attempts/<int:attempt_id>/review/", views.review, name="review"),
]
