"""Signing in to and out of the CMS happens where everybody signs in and out."""

from django.urls import path

from courses.pages.views import cms

urlpatterns = [
    path("login/", cms.sign_in, name="cms_sign_in"),
    path("logout/", cms.sign_out, name="cms_sign_out"),
]
