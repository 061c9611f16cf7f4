"""Addresses of the app."""

from django.urls import include, path

from lms.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("me/", views.me, name="me"),
    path("", include("lms.people.imports.urls")),
    path("units/", views.units, name="units"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("units/<int:unit_id>/roles/", views.roles, name="roles"),
    path("roles/<int:role_id>/end/", views.end_role, name="end-role"),
    path("<int:person_id>/", views.person, name="person"),
]
