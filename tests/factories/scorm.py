"""SCORM and cmi5 packages made for a test, honest ones and hostile ones."""

import uuid
from pathlib import Path
from typing import Any

import factory

from courses.catalog.models import OutlineItem
from courses.scorm.models import Package, PackageItem, PackageVersion, Standard
from lms.enrollment.models import Enrollment
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.packages import Files, zip_of

ADLCP = {"1.2": "http://www.adlnet.org/xsd/adlcp_rootv1p2", "2004 4th Edition": "http://www.adlnet.org/xsd/adlcp_v1p3"}
ITEM = '<item identifier="i1" identifierref="r1"><title>Lesson 1</title>{}</item>'
RESOURCE = (
    '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="index.html">'
    '<file href="index.html"/></resource>'
)


def manifest(
    *,
    items: str = ITEM.format(""),
    resources: str = RESOURCE,
    edition: str = "1.2",
    default: str = "o1",
    extra: str = "",
) -> str:
    """An ``imsmanifest.xml`` of one organization."""
    return (
        f'<manifest identifier="m1" xmlns:adlcp="{ADLCP.get(edition, "urn:other")}" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
        ' xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3">'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{edition}</schemaversion></metadata>"
        f'<organizations default="{default}"><organization identifier="o1"><title>Course</title>{items}</organization>'
        f"</organizations><resources>{resources}</resources>{extra}</manifest>"
    )


def scorm(folder: Path, changes: Files | None = None, *, name: str = "course.zip", **described: str) -> Path:
    """A package of one page; ``changes`` add, replace or (``None``) take away files of it."""
    files: Files = {"imsmanifest.xml": manifest(**described), "index.html": "<p>Hello</p>"}
    return zip_of(folder / name, {**files, **(changes or {})})


NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def titles(text: str = "A title") -> str:
    """The title and the description that everything in cmi5 has."""
    return "".join(f'<{tag}><langstring lang="en">{text}</langstring></{tag}>' for tag in ("title", "description"))


def unit(
    number: int = 1, *, url: str = "index.html", attributes: str = "", after: str = "", texts: str = titles()
) -> str:
    """An assignable unit."""
    return f'<au id="https://example.org/au/{number}" {attributes}>{texts}<url>{url}</url>{after}</au>'


def structure(parts: str | None = None, *, namespace: str = NAMESPACE, course: str | None = None) -> str:
    """A ``cmi5.xml``."""
    course = f'<course id="https://example.org/course">{titles()}</course>' if course is None else course
    return f'<courseStructure xmlns="{namespace}">{course}{unit() if parts is None else parts}</courseStructure>'


def cmi5(folder: Path, changes: Files | None = None, parts: str | None = None) -> Path:
    """A cmi5 course of one page; ``changes`` add, replace or (``None``) take away files of it."""
    files: Files = {"cmi5.xml": structure(parts), "index.html": "<p>Hello</p>"}
    return zip_of(folder / "course.zip", {**files, **(changes or {})})


class PackageFactory(factory.django.DjangoModelFactory):
    """A package of SCORM 1.2 with one part, as if it had been imported; its files are nowhere."""

    class Meta:
        model = Package
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Paket {n}")

    @factory.post_generation
    def version(self: Any, create: bool, extracted: object, **values: object) -> None:
        course = {
            "id": "o1",
            "title": self.title,
            "children": [{"id": "i1", "title": "1", "launch": "a.html", "sco": True, "children": []}],
        }
        self.live = PackageVersion.objects.create(
            package=self, number=1, standard=Standard.SCORM_12, course=course, folder=uuid.uuid4(), source_name="a.zip"
        )
        PackageItem.objects.create(version=self.live, position=0, identifier="i1", title="1", launch="a.html")
        self.save(update_fields=["live"])


def placed_package(made: Any, **values: Any) -> tuple[Enrollment, OutlineItem]:
    """A seated learner, and the place of an imported package in a lesson of her course."""
    enrollment = EnrollmentFactory()
    course = enrollment.run.course
    section = OutlineItemFactory(course=course, kind=OutlineItem.Kind.SECTION, is_required=False)
    lesson = OutlineItemFactory(course=course, parent=section)
    values.setdefault("criterion", {"by": "finished"})
    item = OutlineItemFactory(
        course=course,
        parent=lesson,
        kind=OutlineItem.Kind.ACTIVITY,
        activity_kind="scorm",
        activity_id=made.package_id,
        title=made.package.title,
        **values,
    )
    return enrollment, item
