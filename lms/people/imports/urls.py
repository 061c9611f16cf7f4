"""Addresses of HR's uploads."""

from django.urls import path

from lms.people.imports import views

urlpatterns = [
    path("", views.upload, name="import"),
    path("template.<str:ending>", views.template, name="import-template"),
]
