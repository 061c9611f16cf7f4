"""Addresses of the app."""

from django.urls import path

from lms.enrollment import views
from lms.enrollment.mass_enrollment.views import mass_enroll, template

app_name = "enrollment"
urlpatterns = [
    path("runs/<int:run_id>/", views.run, name="run"),
    path("runs/<int:run_id>/state.json", views.state, name="state"),
    path("runs/<int:run_id>/enroll/", views.enroll, name="enroll"),
    path("enrollments/<int:enrollment_id>/accept/", views.accept, name="accept"),
    path("enrollments/upload/", mass_enroll, name="mass-enroll"),
    path("enrollments/upload/template.<str:ending>", template, name="mass-enroll-template"),
    path("enrollments/<int:enrollment_id>/withdraw/", views.withdraw, name="withdraw"),
]
