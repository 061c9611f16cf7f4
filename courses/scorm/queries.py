"""Questions about packages and where they stand."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.core.cache import cache
from django.db.models import Count
from wagtail.models import ReferenceIndex

from courses.catalog.models import OutlineItem
from courses.scorm.models import Package, PackageVersion, Registration
from courses.scorm.storage import stored_name
from lms.enrollment.models import Enrollment
from lms.people.models import Person

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEARNERS = UUID("5b0c7f0e-0c51-4f2f-9d0e-9d5c3a1f6c11")
ACTIVITY = "scorm"
"""The name under which packages stand in outlines."""


def packages(person: Any, words: str = "") -> "QuerySet[Package]":
    """The packages that a person may edit, newest first, with what a list shows of them."""
    found: QuerySet[Package] = Package.objects.editable_by(person).select_related("live", "by")
    found = found.annotate(version_count=Count("versions")).order_by("-created_at", "-pk")
    return found.filter(title__icontains=words) if words else found


def lessons_with(package: Package) -> "QuerySet[OutlineItem]":
    """The published places of a package, each with its lesson and course."""
    placed = OutlineItem.objects.current().filter(activity_kind=ACTIVITY, activity_id=package.pk)
    return placed.select_related("course", "parent").order_by("course__title", "position")


def is_used(package: Package) -> bool:
    """Whether a lesson holds it, was published with it, or holds it in what is not published yet."""
    was_published = OutlineItem.objects.filter(activity_kind=ACTIVITY, activity_id=package.pk).exists()
    return was_published or ReferenceIndex.get_references_to(package).exists()


def own_seat(person: Person, enrollment_id: int) -> Enrollment | None:
    """The person's seat, with its run and course."""
    seats = Enrollment.objects.visible_to(person).seated().select_related("run__course")
    found: Enrollment | None = seats.filter(pk=enrollment_id).first()
    return found


def latest_registration(enrollment: Enrollment, item: OutlineItem) -> Registration | None:
    """Where the learner is with a package: her last way through it."""
    ways = Registration.objects.filter(enrollment=enrollment, item=item)
    found: Registration | None = ways.select_related("version__package").order_by("-number").first()
    return found


def latest_registrations(enrollment: Enrollment, item_ids: Collection[int]) -> dict[int, Registration]:
    """The same for several places at once, by place; without what the packages keep for themselves."""
    ways = Registration.objects.filter(enrollment=enrollment, item_id__in=item_ids).defer("state")
    return {way.item_id: way for way in ways.order_by("number")}


def learner_name(person_id: int) -> str:
    """By which a learner is known to packages: always the same, and nothing to anybody elsewhere."""
    return f"learner-{uuid5(LEARNERS, str(person_id))}"


def standings(registration: Registration) -> dict[str, dict[str, str]]:
    """How far each item is and how it went, by identifier."""
    known = registration.states.values_list("item__identifier", "completion", "success")
    return {identifier: {"completion": completion, "success": success} for identifier, completion, success in known}


def files_of(version_id: int) -> dict[str, str]:
    """The place in the storage of every file of a version, by its path in lower case."""
    key = f"scorm-files:{version_id}"
    known: dict[str, str] | None = cache.get(key)
    if known is None:
        version = PackageVersion.objects.only("folder", "files").filter(pk=version_id).first()
        known = {}
        if version is not None:
            # Packages made on Windows write the letters of a name as they like.
            known = {path.casefold(): stored_name(version.folder, sha) for path, sha in version.files.items()}
        cache.set(key, known, 3600)
    return known
