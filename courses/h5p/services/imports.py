"""Bringing packages in: looked over whole, then stored, then one transaction."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from courses.h5p.core import (
    Filtered,
    LibraryKey,
    LibraryManifest,
    Package,
    TooMuch,
    dependencies_of,
    filter_content,
    filter_metadata,
    read_package,
)
from courses.h5p.core.package import is_hidden
from courses.h5p.models import Content, ContentLibrary, ContentVersion, Library, PackageImport
from courses.h5p.queries import Shelf
from courses.h5p.reasons import says
from courses.h5p.services.contents import next_number, publish
from courses.h5p.services.libraries import Plan, install, names_in_storage, plan_for
from courses.h5p.storage import content_file
from courses.packages import services as incoming
from courses.packages.problems import Problem, as_row, shortened
from courses.packages.storage import put_files

if TYPE_CHECKING:
    from django.core.files import File


def import_package(
    path: Path,
    *,
    by: Any = None,
    source_name: str = "",
    takes_upgrades: bool = False,
    replaces: Content | None = None,
    begins_again: bool = False,
) -> PackageImport:
    """Bring in the package at ``path``. A refused one leaves nothing but its problems.

    Without the permission to install libraries, ``by`` gets content whose libraries are installed already; the
    platform itself (``None``) may install. Higher patches of installed libraries are only taken when confirmed.
    With ``replaces`` it becomes the next version of that content; with ``begins_again`` its learners begin anew.
    """
    made = PackageImport(by=by, takes_upgrades=takes_upgrades, replaces=replaces, begins_again=begins_again)
    made.source_name = (source_name or path.name)[-255:]
    return _carry_out(made, path)


def upload(
    package: "File[Any]",
    *,
    by: Any,
    takes_upgrades: bool = False,
    replaces: Content | None = None,
    begins_again: bool = False,
) -> PackageImport:
    """Take in a package to be imported in the background."""
    waiting = PackageImport(by=by, takes_upgrades=takes_upgrades, replaces=replaces, begins_again=begins_again)
    return incoming.take_in(waiting, package, bell="h5p-imports", fallback="content.h5p")


def carry_out(waiting_id: int) -> PackageImport | None:
    """Import an uploaded package and delete it. Safe to repeat and to run twice at once: it is imported once."""
    return incoming.carry_out(
        PackageImport, waiting_id, _carry_out, lambda held: _refuse(held, [says("import-failed")])
    )


def carry_out_waiting() -> None:
    """Import what a lost message or a dead worker left waiting."""
    incoming.carry_out_waiting(PackageImport, carry_out)


def _carry_out(made: PackageImport, path: Path) -> PackageImport:
    shelf = Shelf().read_all()
    package = read_package(path, shelf.manifest)
    if not package.is_good or package.manifest is None:
        return _refuse(made, package.problems)
    coming = _Coming(package, shelf, may_install=_may_install(made.by), takes_upgrades=made.takes_upgrades)
    try:
        filtered = filter_content(package.params, package.manifest.main, coming.semantics, package.content_files)
    except TooMuch:
        return _refuse(made, [*package.problems, says("content-too-much")])
    if not coming.may_install:
        needed, _missing = dependencies_of(filtered.libraries, coming.manifest)
        lacking = coming.plan.is_for(entry.library for entry in needed).install
        if lacking:
            names = [library.manifest.key for library in lacking if library.manifest]
            return _refuse(made, [*package.problems, *(says("needs-administrator", library=name) for name in names)])
    used = {path: package.content_files[path] for path in filtered.files}
    put_files(
        path,
        names_in_storage(coming.taken) | {f"content/{inner}": content_file(sha) for inner, sha in used.items()},
        is_hidden,
    )
    with transaction.atomic():
        install(coming.taken, by=made.by)
        made.content = _add_version(made, package, filtered, used)
        made.state = PackageImport.State.DONE
        made.problems = [as_row(problem) for problem in shortened(package.problems)]
        made.installed = [str(library.manifest.key) for library in coming.taken if library.manifest]
        made.upgrades = [_upgrade(library.manifest) for library in coming.offered if library.manifest]
        made.finished_at = timezone.now()
        made.save()
    return made


class _Coming:
    """The libraries as they will be once the package is in."""

    def __init__(self, package: Package, shelf: Shelf, *, may_install: bool, takes_upgrades: bool) -> None:
        self.package = package
        self.shelf = shelf
        self.may_install = may_install
        self.plan: Plan = plan_for(package.libraries.values())
        takes_upgrades = takes_upgrades and may_install
        self.taken = [*self.plan.install, *(self.plan.upgrade if takes_upgrades else [])] if may_install else []
        self.offered = [] if takes_upgrades else self.plan.upgrade
        self._new = {library.manifest.key: library for library in self.plan.install if library.manifest}
        self._new |= {library.manifest.key: library for library in self.taken if library.manifest}

    def semantics(self, key: LibraryKey) -> Any:
        packed = self._new.get(key)
        return (packed.semantics or ()) if packed else self.shelf.semantics(key)

    def manifest(self, key: LibraryKey) -> LibraryManifest | None:
        packed = self._new.get(key)
        return packed.manifest if packed else self.shelf.manifest(key)


def _may_install(by: Any) -> bool:
    return by is None or by.has_perm("h5p.install_library")


def _upgrade(manifest: LibraryManifest) -> dict[str, str]:
    return {"library": str(manifest.key), "version": manifest.version}


def _add_version(made: PackageImport, package: Package, filtered: Filtered, files: dict[str, str]) -> Content:
    assert package.manifest is not None
    libraries = {library.key: library for library in Library.objects.of(filtered.libraries)}
    title = package.manifest.title[:255]
    content: Content = made.replaces or Content.objects.create(title=title, by=made.by)
    version = ContentVersion.objects.create(
        content=content,
        number=next_number(content),
        library=libraries[package.manifest.main],
        params=filtered.params,
        metadata={**filter_metadata(package.manifest.metadata), "language": package.manifest.language},
        files=files,
        size=sum(package.content_sizes[path] for path in files),
        by=made.by,
    )
    ContentLibrary.objects.bulk_create(
        ContentLibrary(version=version, library=libraries[key], position=position)
        for position, key in enumerate(filtered.libraries)
    )
    publish(content, version, title=title, begins_again=made.begins_again, by=made.by)
    return content


def _refuse(made: PackageImport, problems: list[Problem]) -> PackageImport:
    made.content = None
    made.state = PackageImport.State.REFUSED
    made.problems = [as_row(problem) for problem in shortened(problems)]
    made.finished_at = timezone.now()
    made.save()
    return made
