"""Addresses of HR's uploads."""

from django.urls import path

from lms.people.imports import views

urlpatterns = [
    path("import/", views.upload, {"kind": "people"}, name="import"),
    path("import/template.<str:ending>", views.template, {"kind": "people"}, name="import-template"),
    path("units/import/", views.upload, {"kind": "people.units"}, name="units-import"),
    path("units/import/template.<str:ending>", views.template, {"kind": "people.units"}, name="units-import-template"),
]
