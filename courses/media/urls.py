"""Lasting addresses of the files in lessons."""

from django.urls import path

from courses.media import views

app_name = "media"
urlpatterns = [path("<path:name>", views.file, name="file")]
