"""Addresses of the app."""

from django.urls import path

from lms.progress import views

app_name = "progress"
urlpatterns = [path("learn/", views.home, name="home")]
