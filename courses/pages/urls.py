"""Addresses of the app."""

from django.urls import path

from courses.pages.views import catalog, player

app_name = "pages"
urlpatterns = [
    path("", catalog.catalog, name="catalog"),
    path("courses/<slug:slug>/", catalog.course, name="course"),
    path("courses/<slug:slug>/cover/", catalog.cover, name="cover"),
    path("learn/<int:enrollment_id>/", player.resume, name="resume"),
    path("learn/<int:enrollment_id>/completed/", player.completed, name="completed"),
    path("learn/<int:enrollment_id>/items/<int:item_id>/", player.lesson, name="lesson"),
    path("learn/<int:enrollment_id>/items/<uuid:key>/", player.lesson_by_key, name="lesson_by_key"),
    path("learn/<int:enrollment_id>/items/<int:item_id>/done/", player.lesson_done, name="lesson_done"),
]
