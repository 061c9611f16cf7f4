"""Addresses of files on disk."""

from django.urls import path

from lms.common import views

urlpatterns = [
    path("parts/<str:signed>", views.part, name="file_part"),
    path("<path:signed_name>", views.file, name="files"),
]
