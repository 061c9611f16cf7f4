"""Addresses of frames, of the files they ask for, and of what learners do in them."""

from django.urls import path

from courses.h5p.views import frame, results

app_name = "h5p"
urlpatterns = [
    path("frame/<str:token>/", frame.frame, name="frame"),
    path("results/<str:token>/", results.keep, name="keep"),
    path("lib/<str:folder>/<path:path>", frame.library_file_of, name="library_file"),
    path("libraries/<str:folder>/<path:path>", frame.named_library_file, name="named_library_file"),
    path("files/<str:token>/", frame.files, name="files"),
    path("files/<str:token>/<path:path>", frame.files, name="file"),
]
