"""Addresses of signing in and out."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.account.urls"))]
