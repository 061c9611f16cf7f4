"""What is installed, as the core of H5P asks for it; and what a learner did with content."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop

from courses.catalog.models import OutlineItem
from courses.h5p.core import Field, LibraryKey, LibraryManifest, read_semantics
from courses.h5p.core.authoring import in_words_of, translated
from courses.h5p.core.manifest import read_library_manifest
from courses.h5p.models import Content, ContentVersion, Library, LibraryRevision, PlayerState
from courses.h5p.querysets import LibraryQuerySet
from courses.h5p.tokens import Play
from courses.h5p.words import words_in
from lms.common.statements import Statement, given_id
from lms.enrollment.models import Enrollment
from lms.people.models import Person
from lms.progress.models import ItemProgress

ACTIVITY = "h5p"
"""The name under which content stands in outlines."""


class Shelf:
    """The installed libraries, read once and as needed; give it what will be asked for to read it in one query."""

    def __init__(self, keys: Iterable[LibraryKey] = ()) -> None:
        self._known: dict[LibraryKey, Library | None] = {}
        self._semantics: dict[LibraryKey, tuple[Field, ...]] = {}
        self._manifests: dict[LibraryKey, LibraryManifest] = {}
        self.read(keys)

    def read(self, keys: Iterable[LibraryKey]) -> None:
        """Read these libraries in one query; those that are not installed are remembered as such."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._known]
        self._known |= dict.fromkeys(wanted)
        self._known |= {found.key: found for found in _with_revision(Library.objects.of(wanted))}

    def read_all(self) -> "Shelf":
        """Read everything that is installed in one query: a walk through dependencies asks for one after the other."""
        self._known |= {found.key: found for found in _with_revision(Library.objects.all())}
        return self

    def library(self, key: LibraryKey) -> Library | None:
        """The installed library of that version."""
        if key not in self._known:
            self.read([key])
        return self._known[key]

    def manifest(self, key: LibraryKey) -> LibraryManifest | None:
        """Its ``library.json``."""
        if key not in self._manifests:
            library = self.library(key)
            if library is None or library.current is None:
                return None
            manifest, _problems = read_library_manifest(library.current.manifest, library.current.folder)
            if manifest is None:
                return None
            self._manifests[key] = manifest
        return self._manifests[key]

    def semantics(self, key: LibraryKey) -> tuple[Field, ...] | None:
        """Its fields; none for a library that has no content of its own."""
        if key not in self._semantics:
            library = self.library(key)
            if library is None or library.current is None:
                return None
            self._semantics[key] = read_semantics(library.current.semantics)
        return self._semantics[key]

    def addons(self) -> list[LibraryManifest]:
        """Installed libraries that add themselves to content of others."""
        offering = (
            library.key for library in self._known.values() if library and library.current and library.current.is_addon
        )
        return [manifest for key in offering if (manifest := self.manifest(key)) is not None]

    def installed(self) -> list[LibraryKey]:
        """What was read and is installed."""
        return [key for key, library in self._known.items() if library is not None and library.current is not None]

    def current_ids(self) -> list[int]:
        """The revisions that play."""
        return [library.current_id for library in self._known.values() if library and library.current_id]

    def fingerprint(self) -> str:
        """Changes whenever something is installed, upgraded or taken back."""
        current = sorted(library.current_id or 0 for library in self._known.values() if library)
        return sha256(",".join(map(str, current)).encode()).hexdigest()[:32]

    def folder(self, key: LibraryKey) -> str:
        """Where its files are."""
        library = self.library(key)
        return library.current.folder if library is not None and library.current is not None else ""


class FormLibraries:
    """What is installed, as forms ask for it, with labels in the author's language.

    A library's own language file comes first; what it lacks is said with the words that are kept here.
    """

    def __init__(self, shelf: Shelf, language: str) -> None:
        self.shelf = shelf
        self.words = words_in(language)
        rows = LibraryRevision.objects.filter(pk__in=shelf.current_ids())
        spoken = rows.exclude(**{f"translations__{language}": None}).values_list("pk", f"translations__{language}")
        self._spoken: dict[int, Any] = dict(spoken) if language != "en" else {}
        self._semantics: dict[LibraryKey, tuple[Field, ...] | None] = {}

    def semantics(self, key: LibraryKey) -> tuple[Field, ...] | None:
        if key not in self._semantics:
            library = self.shelf.library(key)
            current = library.current if library else None
            self._semantics[key] = self._read(current) if current else None
        return self._semantics[key]

    def _read(self, revision: LibraryRevision) -> tuple[Field, ...]:
        spoken = self._spoken.get(revision.pk)
        theirs = spoken.get("semantics") if isinstance(spoken, dict) else None
        said = in_words_of(revision.semantics, theirs) if theirs else revision.semantics
        return read_semantics(translated(said, self.words) if self.words else said)

    def title(self, key: LibraryKey) -> str:
        manifest = self.shelf.manifest(key)
        title = manifest.title if manifest else key.name
        return self.words.get(title, title)

    def description(self, key: LibraryKey) -> str:
        """What it is for, as its library says."""
        if key.name in _PURPOSES:
            return gettext(_PURPOSES[key.name])
        manifest = self.shelf.manifest(key)
        said = manifest.raw.get("description") if manifest else None
        return self.words.get(said, said) if isinstance(said, str) else ""

    def icons(self) -> dict[LibraryKey, str]:
        """Where the drawings are that some libraries bring of themselves: folder and file."""
        drawn = LibraryRevision.objects.filter(pk__in=self.shelf.current_ids(), files__has_key="icon.svg")
        folders = set(drawn.values_list("folder", flat=True))
        return {key: self.shelf.folder(key) for key in self.shelf.installed() if self.shelf.folder(key) in folders}

    def has_titles(self, key: LibraryKey) -> bool:
        manifest = self.shelf.manifest(key)
        settings = manifest.raw.get("metadataSettings") if manifest else None
        settings = settings if isinstance(settings, dict) else {}
        return not (settings.get("disable") in (1, True) or settings.get("disableExtraTitleField") in (1, True))

    def kinds(self) -> list[LibraryKey]:
        """What content can be made of: each runnable library at its newest version, by title."""
        newest: dict[str, LibraryKey] = {}
        for key in sorted(self.shelf.installed()):
            manifest = self.shelf.manifest(key)
            if manifest is not None and manifest.is_runnable and self.semantics(key):
                newest[key.name] = key
        return sorted(newest.values(), key=lambda key: self.title(key).casefold())


_PURPOSES = {
    "H5P.Accordion": gettext_noop("Headings that open to the text behind them."),
    "H5P.BranchingScenario": gettext_noop("A story that goes on as the learner decides."),
    "H5P.CoursePresentation": gettext_noop("Slides with texts, pictures and exercises on them."),
    "H5P.MultiChoice": gettext_noop("A question with one or more right answers to choose from."),
}
"""What some much used libraries are for, which do not say it themselves."""


def _with_revision(libraries: LibraryQuerySet) -> LibraryQuerySet:
    return libraries.select_related("current").defer("current__translations", "current__files")


def current_folder(key: LibraryKey) -> str | None:
    """The folder of the files that play for a library now."""
    return Library.objects.of([key]).values_list("current__folder", flat=True).first()


def states_of(play: Play, version: ContentVersion) -> dict[str, dict[str, str]]:
    """What the player is given back, by part and name: ``RESET`` where the content has changed too much for it."""
    rows = PlayerState.objects.filter(
        enrollment=play.enrollment_id, item=play.item_id, version__content=version.content_id
    ).exclude(data="")
    states: dict[str, dict[str, str]] = {"0": {"state": "{}"}}
    for name, sub, data, invalidates, number in rows.values_list(
        "data_type", "sub_content", "data", "invalidates", "version__number"
    ):
        is_void = invalidates and number < version.content.states_from
        states.setdefault(sub, {})[name] = "RESET" if is_void else data
    return states


def own_enrollment(person: Person, enrollment_id: int) -> Enrollment | None:
    """The person's enrollment with its run and course."""
    return _OWN_ENROLLMENT.first(person=person.pk, pk=enrollment_id)


_OWN_ENROLLMENT: Statement[Enrollment] = Statement(
    lambda: (
        Enrollment.objects.visible_to(given_id("person"))
        .select_related("run__course")
        .defer("run__course__about_html", "run__course__search_text", "run__course__audience")
        .filter(pk=given_id("pk"))
        .order_by()
    )
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands with content in a lesson. ``best`` is her best grade."""

    is_complete: bool = False
    best: Decimal | None = None


def standings(enrollment: Enrollment | None, item_ids: Collection[int]) -> dict[int, Standing]:
    """Where the learner stands with each of these items that she has done something with."""
    if enrollment is None:
        return {}
    rows = ItemProgress.objects.filter(enrollment=enrollment, item__in=item_ids)
    return {
        item: Standing(completed_at is not None, score)
        for item, completed_at, score in rows.values_list("item_id", "completed_at", "score")
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """Content as a lesson shows it before it is opened."""

    title: str
    version_id: int
    size: int


def contents(person: Any, words: str = "") -> "QuerySet[Content]":
    """The content that a person may edit, newest first, with the number of published lessons that show it."""
    places = OutlineItem.objects.current().filter(activity_kind=ACTIVITY, activity_id=OuterRef("pk"))
    counted = places.order_by().values("activity_id").annotate(number=Count("pk")).values("number")
    found: QuerySet[Content] = Content.objects.editable_by(person).with_kinds("live", "draft")
    found = found.defer("live__params", "live__files", "live__metadata")
    found = found.defer("draft__params", "draft__files", "draft__metadata")
    found = found.annotate(place_count=Coalesce(Subquery(counted), 0))
    return found.filter(title__icontains=words) if words else found


def lessons_with(content: Content) -> "QuerySet[OutlineItem]":
    """The published places of content, each with its lesson and course."""
    placed = OutlineItem.objects.current().filter(activity_kind=ACTIVITY, activity_id=content.pk)
    return placed.select_related("course", "parent").order_by("course__title", "position")


def shown(content_ids: Collection[int]) -> dict[int, Shown]:
    """Published content by id."""
    rows = Content.objects.published().filter(pk__in=content_ids)
    return {pk: Shown(*rest) for pk, *rest in rows.values_list("pk", "title", "live_id", "live__size")}
