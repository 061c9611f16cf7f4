"""Addresses of packages where learners find them, under the platform's own host."""

from django.urls import path

from courses.scorm.views import play

app_name = "scorm"
urlpatterns = [path("<int:enrollment_id>/<int:item_id>/", play.play, name="play")]
