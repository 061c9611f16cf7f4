"""What learners get when pages are published."""

import io
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz
from courses.catalog.models import Course, OutlineItem
from courses.catalog.queries import outline
from courses.media.services import add_document, add_media, add_picture
from courses.pages.models import CoursePage, LessonPage, PublishedLesson, SectionPage
from courses.pages.services import publish_course
from lms.people.models import Person
from tests.factories.pages import make_course_page, make_question
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Person:
    return PersonFactory(is_superuser=True)


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}},
    }


def html_of(page: CoursePage) -> str:
    lessons = PublishedLesson.objects.filter(item__course__key=page.translation_key).order_by("item__position")
    return "".join(part.get("html", "") for lesson in lessons for part in lesson.parts)


class Seen(HTMLParser):
    """What a browser would find in a text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg" and ("class", "icon") in attrs:  # one of ours, beside a callout
            return
        self.tags.add(tag)
        self.attributes += attrs


def kinds_of(course: Course) -> list[str]:
    return [item.kind for item in OutlineItem.objects.filter(course=course).current()]


def test_a_draft_is_invisible(author):
    make_course_page([("text", "<p>Hello</p>")])

    assert not Course.objects.exists()


def test_publishing_writes_course_outline_and_lessons(author):
    question, quiz = make_question(), Quiz.objects.create(title="Final", passing_grade=80)
    body = [
        ("text", "<p>Read</p>"),
        ("question", {"question": question.pk, "is_required": False}),
        ("text", "<p>on</p>"),
        ("callout", {"tone": "info", "title": "", "text": "<p>and on</p>"}),
        ("quiz", {"quiz": quiz.pk, "is_required": True}),
    ]
    page = make_course_page(body, jp=4, is_gate=True)

    course = publish_course(page, by=author)

    items = list(OutlineItem.objects.filter(course=course).current())
    assert [(item.kind, item.is_required) for item in items] == [
        ("section", False),
        ("lesson", True),
        ("activity", False),
        ("activity", True),
    ]
    assert items[0].is_gate
    assert items[3].passing_grade == 80
    assert items[3].activity_id == quiz.pk
    assert items[3].parent == items[1]
    parts = PublishedLesson.objects.get().parts
    assert [next(iter(part)) for part in parts] == ["html", "activity", "html", "activity"]
    assert parts[1]["activity"] == str(items[2].key)
    assert Course.objects.published().get().jp == 4


def test_publishing_again_keeps_every_row_and_marks_what_is_gone(author):
    page = make_course_page([("text", "<p>One</p>")], [("text", "<p>Two</p>")])
    course = publish_course(page, by=author)
    before = {item.title: item.pk for item in course.items.all()}
    first, second = LessonPage.objects.order_by("path")

    second.move(first, pos="left")
    LessonPage.objects.get(pk=first.pk).unpublish()

    after = {item.title: item for item in course.items.all()}
    assert {title: item.pk for title, item in after.items()} == before
    assert after["Lesson 1"].removed_at is not None
    assert [item.title for item in course.items.current()] == ["First", "Lesson 2"]


def test_editing_a_lesson_and_publishing_it_shows_the_new_text_at_once(author):
    page = make_course_page([("text", "<p>Old</p>")])
    publish_course(page, by=author)
    lesson = LessonPage.objects.get()

    lesson.body = [{"type": "text", "value": "<p>New</p>", "id": lesson.body[0].id}]
    lesson.save_revision().publish()

    assert "New" in html_of(page)


def test_learners_read_the_outline_of_the_last_publication(author):
    publish_course(make_course_page([("text", "<p>Text</p>")]), by=author)
    before = outline(Course.objects.get())
    lesson = LessonPage.objects.get()

    lesson.title = "Another title"
    lesson.save_revision().publish(user=author)

    after = outline(Course.objects.get())
    assert "Another title" in [item.title for item in after.lessons]
    assert "Another title" not in [item.title for item in before.lessons]


def test_a_draft_of_a_published_lesson_changes_nothing(author):
    page = make_course_page([("text", "<p>Old</p>")])
    publish_course(page, by=author)
    lesson = LessonPage.objects.get()

    lesson.body = [{"type": "text", "value": "<p>New</p>", "id": lesson.body[0].id}]
    lesson.save_revision()

    assert "New" not in html_of(page)


def test_a_copied_lesson_has_activities_of_its_own(author):
    page = make_course_page([("question", {"question": make_question().pk, "is_required": True})])
    course = publish_course(page, by=author)
    original = OutlineItem.objects.get(kind="activity")
    lesson = LessonPage.objects.get()

    lesson.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=True)
    publish_course(page, by=author)

    assert OutlineItem.objects.filter(course=course, kind="activity").count() == 2
    original.refresh_from_db()
    assert original.parent.title == "Lesson 1"


def test_taking_a_course_back_hides_it_and_keeps_its_rows(author):
    page = make_course_page([("text", "<p>One</p>")])
    course = publish_course(page, by=author)

    CoursePage.objects.get().unpublish()

    assert not Course.objects.published().exists()
    assert course.items.count() == 2


def test_deleting_a_page_marks_its_items_and_leaves_the_course_behind(author):
    page = make_course_page([("text", "<p>One</p>")])
    course = publish_course(page, by=author)

    SectionPage.objects.get().delete()
    assert not course.items.current().exists()

    CoursePage.objects.get().delete()
    assert not Course.objects.published().exists()


def test_a_new_course_may_take_the_slug_of_a_deleted_one(author):
    publish_course(make_course_page([("text", "<p>One</p>")], slug="same"), by=author)
    CoursePage.objects.get().delete()
    page = make_course_page([("text", "<p>Two</p>")], slug="other")
    page.slug = "same"
    page.save()

    course = publish_course(page, by=author)

    assert course.slug == "same"
    assert Course.objects.count() == 2


def test_publishing_costs_the_same_for_two_or_twenty_lessons(author):
    def cost(lessons: int) -> int:
        page = make_course_page(*[[("text", f"<p>{n}</p>")] for n in range(lessons)], title=f"Of {lessons}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            publish_course(page, by=author)
        return len(queries)

    cost(1)
    assert cost(2) == cost(20)


def test_every_kind_of_block_is_shown(author):
    picture = io.BytesIO()
    Image.new("RGB", (1200, 600), "teal").save(picture, "PNG")
    image = add_picture("Desk", "desk.png", picture.getvalue())
    document = add_document("Form", "form.pdf", b"%PDF-1.4")
    vtt = b"WEBVTT\n\n00:00.000 --> 00:02.000\nSelamat datang\n"
    video = add_media("video", "Film", "film.mp4", b"0", captions={"id": vtt}, transcript="Selamat datang")
    audio = add_media("audio", "Talk", "talk.ogg", b"0", transcript="Halo")
    page = make_course_page(
        [
            ("text", "<h2>Title</h2>"),
            ("html", "<p>old</p>"),
            ("image", {"image": image.pk, "alt": "A desk", "caption": "Desk", "is_decorative": False}),
            ("video", {"media": video.pk, "caption": ""}),
            ("audio", {"media": audio.pk, "caption": ""}),
            ("document", {"document": document.pk, "title": ""}),
            ("callout", {"tone": "warning", "title": "Mind", "text": "<p>the gap</p>"}),
            ("accordion", {"folds": [{"title": "Fold", "text": "<p>inside</p>"}]}),
            ("table", {"data": [["A", "B"], ["1", "2"]], "first_row_is_table_header": True, "table_caption": "T"}),
            ("code", {"language": "python", "code": "print('<hi>')", "caption": ""}),
            ("formula", {"latex": r"\frac{a}{b}", "caption": ""}),
        ]
    )

    publish_course(page, by=author)

    html = html_of(page)
    for expected in (
        "<h2>Title</h2>",
        "<p>old</p>",
        'alt="A desk"',
        'width="960" height="480"',
        'loading="lazy"',
        'kind="captions"',
        "Selamat datang",
        "<audio controls",
        "Form",
        "notice--warning",
        "inside",
        '<th scope="col">A</th>',
        "&lt;hi&gt;",
        "<mfrac>",
    ):
        assert expected in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=https://tracker.example/p.gif>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src=https://evil.example></iframe>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<p style='background:url(https://tracker.example)'>x</p>",
        "<form action=https://evil.example><input name=password></form>",
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        "<object data=https://evil.example></object><embed src=//evil.example>",
        "<link rel=stylesheet href=https://evil.example/a.css><meta http-equiv=refresh content=0>",
        "<video src=https://evil.example/a.mp4 autoplay></video>",
    ],
)
@pytest.mark.parametrize("block", ["text", "html", "callout", "accordion", "table", "code", "formula"])
def test_nothing_hostile_reaches_a_learner_and_nothing_remote_is_loaded(author, block, hostile):
    value = {
        "callout": {"tone": "info", "title": hostile, "text": hostile},
        "accordion": {"folds": [{"title": hostile, "text": hostile}]},
        "table": {"data": [[hostile]], "table_caption": hostile},
        "code": {"language": "html", "code": hostile, "caption": hostile},
        "formula": {"latex": hostile, "caption": hostile},
    }.get(block, hostile)
    page = make_course_page([(block, value)])

    publish_course(page, by=author)

    seen = Seen()
    seen.feed(html_of(page))
    assert not seen.tags & {"script", "iframe", "object", "embed", "link", "meta", "form", "input", "svg", "base"}
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    loaded = [value for name, value in seen.attributes if name in {"src", "srcset", "data", "poster", "background"}]
    assert not loaded
    assert not [value for name, value in seen.attributes if name == "href" and "script:" in (value or "")]


def test_a_deleted_question_leaves_the_lesson_whole(author):
    question = make_question()
    page = make_course_page(
        [("question", {"question": question.pk, "is_required": True}), ("text", "<p>Still here</p>")]
    )
    Question.objects.filter(pk=question.pk).update(current=None)
    question.versions.all().delete()
    question.delete()

    course = publish_course(page, by=author)

    assert kinds_of(course) == ["section", "lesson"]
    assert "Still here" in html_of(page)
