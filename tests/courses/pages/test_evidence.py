"""What authors ask of a lesson reaches its outline."""

import pytest

from courses.catalog.models import OutlineItem
from courses.media.models import MediaFile
from courses.pages.models import LessonPage
from courses.pages.services import CourseDraft, LessonDraft, SectionDraft, create_course, publish_course
from lms.progress.evidence import Criterion, Medium

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(db):
    return [
        MediaFile.objects.create(kind="video", title=title, file=f"{title}.mp4", seconds=seconds)
        for title, seconds in (("Sambutan", 300), ("Rekaman tanpa ukuran", None))
    ]


def published(media, **asks):
    body = [("video", {"media": each.pk, "caption": ""}) for each in media]
    lessons = [LessonDraft(title="Sambutan", minutes=5, body=body)]
    draft = CourseDraft(title="Pelayanan", summary="Ringkas", jp=1, sections=[SectionDraft("Bab", lessons)])
    page = create_course(draft)
    LessonPage.objects.update(**asks)
    publish_course(page, by=None)
    return OutlineItem.objects.get(kind=OutlineItem.Kind.LESSON).criterion


def test_nothing_is_kept_where_nothing_is_asked(media):
    assert published(media) == {}


def test_of_a_medium_without_a_length_nothing_is_asked(media):
    assert published(media[1:], least_watched=90) == {}


def test_minutes_and_shares_are_kept_with_the_lengths_that_are_known(media):
    criterion = Criterion.of(published(media, least_minutes=4, least_watched=90, at_normal_speed=True))

    assert criterion == Criterion(4, 90, True, {str(media[0].pk): Medium(300, "Sambutan")})
