"""Addresses of the reports."""

from django.urls import path

from lms.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("units/<int:unit_id>/people/", views.people, name="people"),
    path("units/<int:unit_id>/export/", views.export, name="export"),
]
