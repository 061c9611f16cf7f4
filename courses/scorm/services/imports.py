"""Bringing packages in: looked over whole, then stored, then one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from courses.packages import services as incoming
from courses.packages.kinds import kind_of
from courses.packages.kinds import says as says_of_kinds
from courses.packages.problems import Problem, as_row, shortened
from courses.packages.storage import put_files
from courses.scorm.core import Entry, Version, cmi5_tree, read_cmi5, read_scorm, scorm_tree
from courses.scorm.core.package import is_packers_own
from courses.scorm.core.tree import Node, title_in
from courses.scorm.errors import PackageInUse
from courses.scorm.models import Package, PackageImport, PackageItem, PackageVersion, Standard
from courses.scorm.queries import is_used
from courses.scorm.reasons import says
from courses.scorm.storage import stored_name

if TYPE_CHECKING:
    from django.core.files import File

LONGEST_TITLE = 255


@dataclass(slots=True)
class _Read:
    """What could be read of a file: its course and files when it is good, and its problems in any case."""

    problems: list[Problem]
    standard: Standard = Standard.CMI5
    edition: str = ""
    course: Node | None = None
    entries: list[Entry] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    size: int = 0


def import_package(
    path: Path, *, by: Any = None, source_name: str = "", replaces: Package | None = None
) -> PackageImport:
    """Bring in the package at ``path``. A refused one leaves nothing but its problems."""
    name = (source_name or path.name)[-255:]
    return _carry_out(PackageImport(source_name=name, by=by, replaces=replaces), path)


def upload(package: "File[Any]", *, by: Any, replaces: Package | None = None) -> PackageImport:
    """Take in a package to be imported in the background."""
    waiting = PackageImport(by=by, replaces=replaces)
    return incoming.take_in(waiting, package, bell="scorm-imports", fallback="package.zip")


def carry_out(waiting_id: int) -> PackageImport | None:
    """Import an uploaded package and delete it. Safe to repeat and to run twice at once: it is imported once."""
    return incoming.carry_out(
        PackageImport, waiting_id, _carry_out, lambda held: _refuse(held, [says("import-failed")])
    )


def carry_out_waiting() -> None:
    """Import what a lost message or a dead worker left waiting."""
    incoming.carry_out_waiting(PackageImport, carry_out)


@transaction.atomic
def delete_package(package: Package) -> None:
    """Delete a package that no lesson holds and nobody studied, with all its versions and their files."""
    if is_used(package):
        raise PackageInUse
    names = {
        stored_name(version.folder, sha256)
        for version in package.versions.only("folder", "files")
        for sha256 in version.files.values()
    }
    Package.objects.filter(pk=package.pk).update(live=None)
    package.delete()
    transaction.on_commit(lambda: _delete_files(names))


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _carry_out(made: PackageImport, path: Path) -> PackageImport:
    read = _read(path)
    if read.course is None:
        return _refuse(made, read.problems)
    # One file under several names is stored once.
    first_names = {sha256: name for name, sha256 in reversed(read.files.items())}
    if first_names:
        put_files(
            path,
            {name: stored_name(made.folder, sha256) for sha256, name in first_names.items()},
            is_packers_own,
        )
    with transaction.atomic():
        made.made = _add_version(made, read)
        made.state = PackageImport.State.DONE
        made.problems = [as_row(problem) for problem in shortened(read.problems)]
        made.finished_at = timezone.now()
        made.save()
    return made


def _read(path: Path) -> _Read:
    kind, fault = kind_of(path)
    if kind == "scorm":
        return _read_scorm(path)
    if kind == "cmi5":
        return _read_cmi5(path)
    return _Read([says("is-h5p") if kind == "h5p" else fault or says_of_kinds("kind-unknown")])


def _read_scorm(path: Path) -> _Read:
    package = read_scorm(path)
    if not package.is_good or package.manifest is None:
        return _Read(package.problems)
    is_12 = package.manifest.version == Version.SCORM_12
    course, entries = scorm_tree(package)
    return _Read(
        package.problems,
        Standard.SCORM_12 if is_12 else Standard.SCORM_2004,
        package.manifest.edition[:60],
        course,
        entries,
        package.files,
        package.size,
    )


def _read_cmi5(path: Path) -> _Read:
    package = read_cmi5(path)
    if not package.is_good or package.course is None:
        return _Read(package.problems)
    course, entries = cmi5_tree(package)
    return _Read(package.problems, Standard.CMI5, "", course, entries, package.files, package.size)


def _add_version(made: PackageImport, read: _Read) -> PackageVersion:
    assert read.course is not None
    package = made.replaces
    if package is None:
        package = Package.objects.create(title=_title(read.course, made.source_name), by=made.by)
    else:
        # Two versions of one package may come in at once: they get their numbers one after the other.
        package = Package.objects.select_for_update(of=("self",)).get(pk=package.pk)
    last = package.versions.aggregate(last=Max("number"))["last"] or 0
    version = PackageVersion.objects.create(
        package=package,
        number=last + 1,
        standard=read.standard,
        edition=read.edition,
        course=read.course,
        folder=made.folder,
        files=read.files,
        size=read.size,
        source_name=made.source_name,
        by=made.by,
    )
    PackageItem.objects.bulk_create(
        PackageItem(
            version=version,
            position=position,
            identifier=entry.identifier,
            title=entry.title,
            launch=entry.launch,
            is_sco=entry.is_sco,
            mastery_score=None if entry.mastery_score is None else round(Decimal(entry.mastery_score), 4),
            move_on=entry.move_on,
            objectives=list(entry.objectives),
        )
        for position, entry in enumerate(read.entries)
    )
    package.live = version
    package.save(update_fields=["live"])
    return version


def _title(course: Node, source_name: str) -> str:
    given = course["title"]
    title = title_in(given, "id") if isinstance(given, dict) else given
    return (title.strip() or PurePosixPath(source_name).stem)[:LONGEST_TITLE]


def _refuse(made: PackageImport, problems: list[Problem]) -> PackageImport:
    made.made = None
    made.state = PackageImport.State.REFUSED
    made.problems = [as_row(problem) for problem in shortened(problems)]
    made.finished_at = timezone.now()
    made.save()
    return made
