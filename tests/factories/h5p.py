"""Interactive content in a lesson, and a learner in front of it."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from courses.catalog.models import OutlineItem
from courses.h5p import services
from courses.h5p.models import Content
from courses.pages.services import publish_course
from lms.enrollment.models import Enrollment
from lms.people.models import Person
from lms.progress.models import ItemProgress
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.packages import h5p
from tests.factories.pages import make_course_page


def content_from(folder: Path, changes: Any = None, **values: Any) -> Content:
    """The content of a small package, imported with its library."""
    made = services.import_package(h5p(folder, changes, **values)).content
    assert made is not None
    return made


class _Card(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(name == "data-h5p-play" for name, _ in attrs):
            self.found.append(dict(attrs))


class Classroom:
    """A course with one lesson, in it the content, complete as asked for; and a learner in a run of it."""

    def __init__(self, *contents: Content, **asked: Any) -> None:
        body = [("text", "<p>Read.</p>"), *(("h5p", {"h5p": each.pk, **asked}) for each in contents)]
        self.course = publish_course(make_course_page(body, title="Course with content"), by=None)
        items = OutlineItem.objects.current().filter(course=self.course)
        self.lesson = items.get(kind=OutlineItem.Kind.LESSON)
        self.item = items.filter(activity_kind="h5p").first()
        self.run = CourseRunFactory(course=self.course)

    def learner(self, person: Person | None = None) -> "Learner":
        given = {"person": person} if person else {}
        return Learner(self, EnrollmentFactory(run=self.run, **given))


class Learner:
    """One learner in a browser of her own."""

    def __init__(self, room: Classroom, enrollment: Enrollment) -> None:
        self.room = room
        self.enrollment = enrollment
        self.client = Client()
        self.client.force_login(enrollment.person)

    @property
    def address(self) -> str:
        return reverse("pages:lesson", args=[self.enrollment.pk, self.room.lesson.pk])

    def card(self) -> dict[str, str | None]:
        """The attributes of the lesson's card, as her page has them."""
        return _Card(self.client.get(self.address).content.decode()).found[0]

    def says(self, *said: dict[str, Any], keep: str | None = None) -> Any:
        """Send what her page has to say; each gets an id unless it has one."""
        entries = [json.dumps({"id": str(uuid4()), **each}) for each in said]
        address = keep or self.card()["data-keep"]
        return self.client.post(address, {"entry": entries}, headers={"Accept": "application/json"})

    @property
    def progress(self) -> ItemProgress | None:
        return ItemProgress.objects.filter(enrollment=self.enrollment, item=self.room.item).first()


def finished(score: float | None = None, most: float | None = None, **values: Any) -> dict[str, Any]:
    """What a page says when the player finished."""
    return {"kind": "finished", "score": score, "max": most, **values}


def state(data: str | None, **values: Any) -> dict[str, Any]:
    """What a page says when the player keeps where the learner is."""
    return {"kind": "state", "type": "state", "sub": "0", "data": data, "invalidates": True, **values}


def statement(verb: str = "http://adlnet.gov/expapi/verbs/answered", **values: Any) -> dict[str, Any]:
    """What a page says of a statement of xAPI."""
    thing = {"id": "urn:uuid:1", "objectType": "Activity"}
    body = {"verb": {"id": verb}, "object": thing, "actor": {"mbox": "mailto:x@y"}, **values}
    return {"kind": "statement", "statement": body}
