"""The gallery, which exists only while the suite runs, beside the real addresses."""

from django.urls import path

from lms.urls import urlpatterns as real
from tests.theme.gallery import gallery

urlpatterns = [path("gallery/", gallery), *real]
