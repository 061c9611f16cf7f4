"""Addresses of the app."""

from django.urls import path

from lms.progress import views

app_name = "progress"
quick = [path("learn/beats/", views.beats, name="beats")]
urlpatterns = [
    *quick,
    path("learn/", views.home, name="home"),
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/decide/", views.decide, name="decide"),
]
