"""Addresses of packages, below those of the CMS."""

from django.urls import path

from courses.scorm.views import cms

app_name = "scorm_cms"
urlpatterns = [
    path("", cms.packages, name="packages"),
    path("imports/<int:import_id>/", cms.report, name="import"),
    path("<uuid:key>/", cms.package, name="package"),
    path("<uuid:key>/delete/", cms.delete, name="delete"),
]
