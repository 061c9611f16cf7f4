"""Addresses of the public check, short enough for a QR code."""

from django.urls import path

from certificates import views

urlpatterns = [
    path("", views.check, name="verify_file"),
    path("<str:token>/", views.verify, name="verify"),
]
