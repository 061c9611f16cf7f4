"""Installing libraries, and taking an upgrade back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from courses.h5p.core import Decision, LibraryKey, PackedLibrary, decide
from courses.h5p.models import Library, LibraryRevision
from courses.h5p.storage import folder_of, library_file
from lms.audit.services import record


@dataclass(slots=True)
class Plan:
    """What a package's libraries would change here."""

    install: list[PackedLibrary] = field(default_factory=list)
    upgrade: list[PackedLibrary] = field(default_factory=list)

    def is_for(self, keys: Iterable[LibraryKey]) -> "Plan":
        """The part of the plan that concerns these libraries."""
        wanted = set(keys)
        return Plan(
            [packed for packed in self.install if packed.manifest and packed.manifest.key in wanted],
            [packed for packed in self.upgrade if packed.manifest and packed.manifest.key in wanted],
        )


def plan_for(packed: Iterable[PackedLibrary]) -> Plan:
    """Which of a package's libraries are new here, and which have a higher patch than the installed ones."""
    plan = Plan()
    libraries = [library for library in packed if library.manifest is not None]
    keys = [library.manifest.key for library in libraries if library.manifest]
    found = Library.objects.of(keys).select_related("current")
    patches = {library.key: library.current.patch for library in found if library.current}
    for library in libraries:
        assert library.manifest is not None
        decision = decide(patches.get(library.manifest.key), library.manifest.patch)
        if decision == Decision.INSTALL:
            plan.install.append(library)
        elif decision == Decision.UPGRADE:
            plan.upgrade.append(library)
    return plan


def names_in_storage(libraries: Iterable[PackedLibrary]) -> dict[str, str]:
    """Where each file of these libraries goes, by its path in the package."""
    return {
        f"{library.folder}/{path}": library_file(folder_for(library), path)
        for library in libraries
        for path in library.files
    }


def folder_for(library: PackedLibrary) -> str:
    """The folder that a packed library's files get."""
    assert library.manifest is not None
    return folder_of(library.manifest.key.name, library.manifest.version, library.files)


def install(libraries: Iterable[PackedLibrary], *, by: Any) -> None:
    """Make the packed libraries the current ones; their files must be stored. Inside the caller's transaction.

    Two imports may bring the same library at once: the row is held, and the higher patch stays.
    """
    installed = []
    # In one order everywhere, so that two imports do not wait for each other.
    for packed in sorted(libraries, key=lambda packed: str(packed.manifest and packed.manifest.key)):
        manifest = packed.manifest
        assert manifest is not None
        key = manifest.key
        Library.objects.get_or_create(name=key.name, major=key.major, minor=key.minor)
        library = Library.objects.of([key]).select_for_update(of=("self",)).select_related("current").get()
        revision, _is_new = LibraryRevision.objects.get_or_create(
            folder=folder_for(packed),
            defaults={
                "library": library,
                "patch": manifest.patch,
                "manifest": dict(manifest.raw),
                "semantics": packed.raw_semantics or [],
                "translations": packed.translations,
                "files": packed.files,
                "by": by,
            },
        )
        if library.current is None or library.current.patch < manifest.patch:
            library.current = revision
            library.save(update_fields=["current"])
            installed.append(library)
    if installed:
        record("h5p.install_library", installed, by=by)


@transaction.atomic
def use_revision(library: Library, revision: LibraryRevision, *, by: Any) -> None:
    """Play all content with another revision of its library: an upgrade is taken back, or taken again."""
    if revision.library_id != library.pk:
        raise ValueError("a revision of another library")
    held = Library.objects.select_for_update(of=("self",)).get(pk=library.pk)
    held.current = revision
    held.save(update_fields=["current"])
    library.current = revision
    record("h5p.use_revision", [library], by=by, folder=revision.folder)
