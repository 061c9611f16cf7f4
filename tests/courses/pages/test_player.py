"""The player: reading, finishing, gates, and whose lessons are whose."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.catalog.models import OutlineItem
from courses.pages.models import PublishedLesson
from lms.common.registry import Activity, activities
from lms.enrollment.models import Enrollment
from lms.progress.evidence import Criterion, Medium
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory

pytestmark = pytest.mark.django_db
Kind = OutlineItem.Kind


class Course:
    """Two sections, the first a gate, each with two lessons."""

    def __init__(self):
        self.enrollment = EnrollmentFactory()
        self.course = self.enrollment.run.course
        self.lessons = []
        for number in range(2):
            section = OutlineItemFactory(
                course=self.course, kind=Kind.SECTION, is_gate=number == 0, is_required=False, title=f"Step {number}"
            )
            for _ in range(2):
                self.add_lesson(section)

    def add_lesson(self, section):
        lesson = OutlineItemFactory(course=self.course, parent=section)
        self.publish(lesson, [{"html": f"<p>Text of {lesson.title}</p>"}])
        self.lessons.append(lesson)

    def publish(self, lesson, parts):
        PublishedLesson.objects.update_or_create(
            item=lesson, defaults={"parts": parts, "size": 1000, "published_at": timezone.now()}
        )
        self.course.published_at = timezone.now()
        self.course.save()

    def url(self, name, lesson=None):
        return reverse(f"pages:{name}", args=[self.enrollment.pk, *([lesson.pk] if lesson else [])])


@pytest.fixture
def course():
    return Course()


@pytest.fixture
def reader(client, course):
    client.force_login(course.enrollment.person)
    return client


def test_a_lesson_shows_its_text_and_becomes_the_place_to_resume(reader, course):
    page = reader.get(course.url("lesson", course.lessons[1]))

    assert f"Text of {course.lessons[1].title}" in page.content.decode()
    assert reader.get(course.url("resume")).url == course.url("lesson", course.lessons[1])


def test_done_goes_on_lesson_by_lesson_to_the_end(reader, course):
    for lesson, following in zip(course.lessons, course.lessons[1:], strict=False):
        assert reader.post(course.url("lesson_done", lesson)).url == course.url("lesson", following)

    last = reader.post(course.url("lesson_done", course.lessons[-1]))

    assert last.url == course.url("completed")
    assert reader.get(last.url).status_code == 200
    assert CourseProgress.objects.get(enrollment=course.enrollment).completed_at is not None


def test_finishing_the_last_lesson_leads_back_to_one_that_was_skipped(reader, course):
    first, second, *_ = course.lessons

    assert reader.post(course.url("lesson_done", second)).url == course.url("lesson", first)


def test_a_locked_lesson_says_what_is_missing(reader, course):
    page = reader.get(course.url("lesson", course.lessons[2]))

    assert page.status_code == 403
    text = page.content.decode()
    assert "Step 0" in text
    assert all(course.url("lesson", lesson) in text for lesson in course.lessons[:2])
    assert "Text of" not in text
    assert reader.post(course.url("lesson_done", course.lessons[2])).status_code == 409


def test_an_activity_stands_where_the_author_put_it_and_holds_the_lesson_open(reader, course, monkeypatch):
    lesson = course.lessons[0]
    item = OutlineItemFactory(course=course.course, parent=lesson, kind=Kind.ACTIVITY, activity_kind="try")
    course.publish(lesson, [{"html": "<p>before</p>"}, {"activity": str(item.key)}, {"html": "<p>after</p>"}])
    drawn = {item.pk: "<b>try</b>"}
    kind = Activity("Try", "list-checks", render=lambda request, enrollment, items: drawn, place=list)
    monkeypatch.setitem(activities._entries, "try", kind)

    text = reader.get(course.url("lesson", lesson)).content.decode()

    assert text.index("before") < text.index("<b>try</b>") < text.index("after")
    assert reader.post(course.url("lesson_done", lesson)).status_code == 409
    assert reader.get(course.url("lesson", item)).url.endswith(f"#item-{item.pk}")


def ticket_in(page):
    return re.search(r'data-ticket="([^"]+)"', page)[1]


def test_the_page_reports_time_and_place(reader, course):
    lesson = course.lessons[0]
    page = reader.get(course.url("lesson", lesson)).content.decode()
    report = {"ticket": ticket_in(page), "position": 0.5, "beats": [{"number": 1, "seconds": 0, "played": []}]}

    response = reader.post(reverse("progress:beats"), json.dumps(report), content_type="application/json")

    assert response.json() == {"heard": 1, "is_enough": True}
    assert ItemProgress.objects.get(item=lesson).position == 0.5
    assert 'data-position="0.5"' in reader.get(course.url("lesson", lesson)).content.decode()


def test_a_lesson_says_what_it_still_asks_for(reader, course):
    lesson = course.lessons[0]
    criterion = Criterion(4, 90, True, {"7": Medium(300, "Sambutan <Menteri>")})
    lesson.criterion = criterion.stored()
    lesson.save()
    course.publish(lesson, [{"html": "<p>text</p>"}])

    page = reader.get(course.url("lesson", lesson)).content.decode()

    assert "4 menit" in page
    assert "5 menit dari “Sambutan &lt;Menteri&gt;” belum diputar" in page
    assert 'href="#medium-7" data-seek="0"' in page
    assert re.search(r'type="submit" disabled>', page)
    assert reader.post(course.url("lesson_done", lesson)).status_code == 409


def test_lessons_of_others_are_not_there(client, course):
    client.force_login(EnrollmentFactory().person)

    for name in ("lesson", "lesson_done"):
        ask = client.get if name == "lesson" else client.post
        assert ask(course.url(name, course.lessons[0])).status_code == 404
    assert client.get(course.url("resume")).status_code == 404
    assert client.get(course.url("completed")).status_code == 404
    client.logout()
    assert "login" in client.get(course.url("lesson", course.lessons[0])).url


def test_an_item_of_another_course_is_not_there(reader, course):
    foreign = OutlineItemFactory()

    assert reader.get(course.url("lesson", foreign)).status_code == 404


@pytest.mark.parametrize("status", ["waiting", "withdrawn"])
def test_without_a_seat_the_way_leads_to_the_landing_page(reader, course, status):
    Enrollment.objects.update(status=status)

    landing = reverse("pages:course", args=[course.course.slug])
    assert reader.get(course.url("lesson", course.lessons[0])).url == landing
    assert reader.get(course.url("resume")).url == landing


def test_learning_starts_with_the_run(reader, course):
    run = course.enrollment.run
    run.starts_at = timezone.now() + timedelta(days=1)
    run.save()

    assert reader.get(course.url("lesson", course.lessons[0])).status_code == 302


def test_reading_and_finishing_take_few_queries_however_long_the_course(reader, course):
    def cost(call, *args):
        with CaptureQueriesContext(connection) as captured:
            call(*args)
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    lesson = course.url("lesson", course.lessons[0])
    reader.get(lesson)
    short = cost(reader.get, lesson)
    for _ in range(20):
        course.add_lesson(course.lessons[0].parent)
    reader.get(lesson)

    assert cost(reader.get, lesson) == short <= 6
    assert cost(reader.post, course.url("lesson_done", course.lessons[0])) <= 8
