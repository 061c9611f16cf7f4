"""Addresses of interactive content, below those of the CMS."""

from django.urls import path

from courses.h5p.views import authoring, cms

app_name = "h5p_cms"
urlpatterns = [
    path("", cms.contents, name="contents"),
    path("new/", authoring.choose, name="choose"),
    path("new/<str:library>/", authoring.new, name="new"),
    path("part/", authoring.part, name="part"),
    path("imports/<int:import_id>/", cms.report, name="import"),
    path("<uuid:key>/", cms.content, name="content"),
    path("<uuid:key>/edit/", authoring.edit, name="edit"),
    path("<uuid:key>/files/", authoring.upload, name="upload"),
    path("<uuid:key>/discard/", authoring.discard, name="discard"),
    path("<uuid:key>/export/", cms.export, name="export"),
    path("<uuid:key>/versions/<int:number>/restore/", cms.restore, name="restore"),
]
