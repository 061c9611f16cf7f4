"""The demo ministry."""

import io

import pytest
from django.core.management import call_command

from courses.catalog.models import Course, OutlineItem
from courses.pages.models import LessonPage, PublishedLesson
from lms.enrollment.models import Enrollment
from lms.people.models import Person
from lms.progress.models import CourseProgress

pytestmark = pytest.mark.django_db


def test_seeding_twice_is_seeding_once(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}},
    }
    counted = (Course, OutlineItem, PublishedLesson, Person, Enrollment, CourseProgress)
    said = io.StringIO()

    call_command("seed_demo", stdout=said)
    first = [model.objects.count() for model in counted]
    call_command("seed_demo", stdout=said)

    assert [model.objects.count() for model in counted] == first
    assert said.getvalue().count("peserta@diklat.example") == 2
    used = {block["type"] for lesson in LessonPage.objects.all() for block in lesson.body.raw_data}
    # Content of H5P comes from other programs: an author brings it in.
    assert used == set(LessonPage._meta.get_field("body").stream_block.child_blocks) - {"h5p"}
    assert CourseProgress.objects.exclude(completed_at=None).exists()
