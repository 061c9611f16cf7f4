"""Addresses of imports, below those of the CMS."""

from django.urls import path

from courses.transfer import views

app_name = "transfer"
urlpatterns = [path("", views.imports, name="imports"), path("<int:import_id>/", views.report, name="import")]
