"""A topic in several forms: what authors give, what is published of it, and which form a learner gets."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.catalog.models import OutlineItem
from courses.media.models import CourseDocument, MediaFile, Preparation, Step
from courses.pages.blocks import FormsBlock
from courses.pages.models import LessonPage, PublishedLesson
from courses.pages.rendering import chosen_form
from courses.pages.services import publish_course
from lms.progress.evidence import Criterion, Topic
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.pages import make_course_page

pytestmark = pytest.mark.django_db
WORDS = "<p>" + "kata " * 500 + "</p>"


@pytest.fixture
def library(db):
    slides = CourseDocument.objects.create(title="Bahan tayang", file="documents/a/slides.pdf", file_size=16_000)
    return {
        "video": MediaFile.objects.create(
            kind="video", title="Video", file="a.mp4", seconds=300, content_type="video/mp4", size=6_000_000
        ),
        "audio": MediaFile.objects.create(
            kind="audio", title="Rekaman", file="a.m4a", seconds=240, content_type="audio/mp4", size=800_000
        ),
        "slides": slides,
    }


def prepared(document, pages):
    done = Preparation.objects.create(
        kind="document", document=document, source=document.file.name, state=Preparation.State.DONE
    )
    page = {"width": 480, "height": 270, "text": "Sambut"}
    result = {"pages": [page] * pages, "size": 40_000}
    Step.objects.create(preparation=done, name=Step.Name.PAGES, position=1, state=Step.State.DONE, result=result)


def value_of(library, *forms, **more):
    value = {"title": "Empat langkah", "reading": "", "least_minutes": None, **more}
    value |= {name: library[name].pk if name in forms else None for name in ("video", "audio", "slides")}
    return value | ({"reading": WORDS} if "reading" in forms and not more.get("reading") else {})


def published(values, **asks):
    page = make_course_page([("text", "<p>Baca.</p>"), *(("forms", value) for value in values)])
    LessonPage.objects.update(**asks)
    publish_course(page, by=None)
    return OutlineItem.objects.get(kind=OutlineItem.Kind.LESSON)


def topic_of(item):
    [topic] = Criterion.of(item.criterion).topics.values()
    return topic


def test_every_form_that_can_be_measured_is_in_the_outline(library):
    prepared(library["slides"], 4)
    item = published([value_of(library, "video", "audio", "slides", "reading")], least_watched=90)

    played = {"video": (str(library["video"].pk), 300), "audio": (str(library["audio"].pk), 240)}
    assert topic_of(item) == Topic("Empat langkah", played, {"reading": 120, "slides": 60})
    assert Criterion.of(item.criterion).media == {}


def test_slides_count_once_their_pages_are_known(library):
    item = published([value_of(library, "slides", "reading")], least_watched=90)
    assert topic_of(item).read == {"reading": 120}

    prepared(library["slides"], 4)
    publish_course(LessonPage.objects.get().course_page(), by=None)

    item.refresh_from_db()
    assert topic_of(item).read == {"reading": 120, "slides": 60}


def test_an_author_may_say_how_long_reading_takes(library):
    item = published([value_of(library, "audio", "slides", "reading", least_minutes=3)], least_watched=90)

    assert topic_of(item).read == {"reading": 180, "slides": 180}


def test_where_no_share_is_asked_for_topics_ask_nothing(library):
    assert published([value_of(library, "video", "reading")]).criterion == {}


def cleaned(value):
    block = FormsBlock()
    return block.clean(block.to_python(value))


def test_slides_that_are_no_pdf_and_a_topic_without_choice_are_refused(library):
    library["slides"].file.name = "documents/a/slides.pptx"
    library["slides"].save()

    with pytest.raises(ValidationError) as refused:
        cleaned(value_of(library, "slides", "reading"))
    assert "PDF" in str(refused.value.block_errors["slides"].messages)
    for forms in ([], ["video"]):
        with pytest.raises(ValidationError) as refused:
            cleaned(value_of(library, *forms))
        assert refused.value.non_block_errors
    assert cleaned(value_of(library, "video", "reading"))["video"] == library["video"]


@pytest.mark.parametrize(
    ("asked", "kept", "is_saving", "chosen"),
    [
        ("", "", False, "video"),
        ("audio", "reading", True, "audio"),
        ("", "audio", True, "audio"),
        ("slides", "", False, "video"),
        ("<b>", "x", False, "video"),
        ("", "", True, "reading"),
    ],
)
def test_the_form_is_what_was_asked_for_then_what_was_chosen_before_then_what_is_light(asked, kept, is_saving, chosen):
    forms = [{"name": "video", "least": 900}, {"name": "reading", "least": 20}, {"name": "audio", "least": 100}]

    assert chosen_form(forms, asked, kept, is_saving=is_saving) == chosen


@pytest.fixture
def lesson(library, client_for):
    item = published([value_of(library, "video", "audio", "reading")], least_watched=90)
    place = EnrollmentFactory(run=CourseRunFactory(course=item.course))
    return client_for(place.person), reverse("pages:lesson", args=[place.pk, item.pk])


def shown(answer):
    [topic] = [part for part in answer.context["parts"] if "topic" in part]
    return topic["chosen"]


def test_a_learner_chooses_by_a_link_and_is_remembered(lesson):
    client, address = lesson

    first = client.get(address)
    assert shown(first) == "video"
    assert "?form=audio#topic-" in first.content.decode()
    assert shown(client.get(address, {"form": "audio"})) == "audio"
    assert shown(client.get(address)) == "audio"
    assert shown(client.get(address, {"form": "nothing"})) == "audio"


def test_whoever_saves_data_gets_the_light_form_first(lesson):
    client, address = lesson

    assert shown(client.get(address, headers={"Save-Data": "on"})) == "reading"
    client.cookies["data_saving"] = "1"
    assert shown(client.get(address)) == "reading"
    client.cookies["data_saving"] = "0"
    assert shown(client.get(address, headers={"Save-Data": "on"})) == "video"


def test_each_form_says_what_it_costs_and_only_the_chosen_one_is_fetched(lesson):
    client, address = lesson

    page = client.get(address).content.decode()

    assert page.count("<template data-panel=") == 2
    assert page.index("<video") < page.index("<template data-panel=") < page.index("<audio")
    for cost in ("5,7 MB", "781,2 KB", "2,5 KB"):
        assert cost in page.replace("\xa0", " ")
    kept = PublishedLesson.objects.get()
    assert (kept.media_size, kept.least_media_size) == (6_000_000, 800_000)


def test_what_is_missing_is_said_of_the_form_that_is_shown_and_the_others_are_named(lesson):
    client, address = lesson

    page = client.get(address, {"form": "reading"}).content.decode()

    assert "Pelajari bacaan “Empat langkah” 2 menit lagi." in page
    assert "?form=video#topic-" in page
    assert "(5 menit)" in page
    assert "dari video “Empat langkah” belum diputar" in client.get(address, {"form": "video"}).content.decode()


def test_many_topics_cost_no_query_more(library, client_for):
    def queries(number):
        item = published([value_of(library, "video", "audio", "reading")] * number, least_watched=90)
        place = EnrollmentFactory(run=CourseRunFactory(course=item.course))
        client, address = client_for(place.person), reverse("pages:lesson", args=[place.pk, item.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        LessonPage.objects.all().delete()
        OutlineItem.objects.all().delete()
        return len(captured)

    assert queries(1) == queries(6)


def test_the_preview_shows_it_too(library, client_for):
    published([value_of(library, "video", "reading")])
    lesson = LessonPage.objects.get()

    html = lesson.make_preview_request().content.decode()

    assert "Empat langkah" in html
    assert "<video" in html
