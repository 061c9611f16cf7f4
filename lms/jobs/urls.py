"""Addresses of the app."""

from django.urls import path

from lms.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:job_id>/", views.job, name="job"),
    path("<int:job_id>/course/", views.course, name="course"),
    path("<int:job_id>/problems/", views.problems, name="problems"),
    path("<int:job_id>/confirm/", views.confirm, name="confirm"),
    path("<int:job_id>/stop/", views.stop, name="stop"),
    path("<int:job_id>/resume/", views.resume, name="resume"),
    path("<int:job_id>/undo/", views.undo, name="undo"),
    path("<int:job_id>/files/<str:which>/", views.file, name="file"),
]
