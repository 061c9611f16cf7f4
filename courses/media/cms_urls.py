"""Addresses of the library, below those of the CMS."""

from django.urls import path

from courses.media import views

app_name = "media_cms"
urlpatterns = [
    path("uploads/", views.begin_upload, name="begin_upload"),
    path("uploads/<uuid:key>/", views.upload, name="upload"),
    path("uploads/<uuid:key>/parts/<int:number>/", views.upload_part, name="upload_part"),
    path("uploads/<uuid:key>/join/", views.join_upload, name="join_upload"),
    path("<int:media_id>/preparation/", views.preparation, name="preparation"),
    path("<int:media_id>/captions/<str:language>/", views.captions, name="captions"),
    path("<int:media_id>/again/", views.again, name="again"),
]
