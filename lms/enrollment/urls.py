"""Addresses of the app."""

from django.urls import path

from lms.enrollment import views

app_name = "enrollment"
urlpatterns = [
    path("runs/<int:run_id>/", views.run, name="run"),
    path("runs/<int:run_id>/state.json", views.state, name="state"),
    path("runs/<int:run_id>/enroll/", views.enroll, name="enroll"),
    path("enrollments/<int:enrollment_id>/accept/", views.accept, name="accept"),
    path("enrollments/<int:enrollment_id>/withdraw/", views.withdraw, name="withdraw"),
]
