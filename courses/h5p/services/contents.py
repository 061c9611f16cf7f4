"""Publishing versions of content, going back to one, and packing content up."""

from typing import IO, Any

from django.db import transaction
from django.db.models import Max

from courses.catalog.services import activity_changed
from courses.h5p.core import dependencies_of
from courses.h5p.core.manifest import DependencyType
from courses.h5p.core.packing import Chunks, as_json, package_json, write_package
from courses.h5p.models import Content, ContentLibrary, ContentVersion, LibraryRevision
from courses.h5p.queries import ACTIVITY, Shelf
from courses.h5p.storage import content_file, library_file
from courses.packages.storage import chunks_of
from lms.audit.services import record


def next_number(content: Content) -> int:
    """The number of the next version; holds the content, so that two that come in at once get one each."""
    Content.objects.select_for_update(of=("self",)).get(pk=content.pk)
    return (content.versions.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def publish(content: Content, version: ContentVersion, *, title: str, begins_again: bool, by: Any) -> None:
    """Give learners this version, wherever the content stands.

    With ``begins_again`` the states of versions before it are void: learners are told that the content has changed,
    and begin anew. What they completed and reached stays.
    """
    content.live, content.title = version, title[:255]
    changed = ["live", "title"]
    if begins_again:
        content.states_from = version.number
        changed.append("states_from")
    content.save(update_fields=changed)
    activity_changed(ACTIVITY, content.pk, title=content.title)
    record("h5p.publish", [content], by=by, version=version.number, begins_again=begins_again)


@transaction.atomic
def restore(version: ContentVersion, *, begins_again: bool, by: Any) -> ContentVersion:
    """Publish an earlier version again, as a new one: what learners saw and when stays written."""
    content = version.content
    restored = ContentVersion.objects.create(
        content=content,
        number=next_number(content),
        library=version.library,
        params=version.params,
        metadata=version.metadata,
        files=version.files,
        size=version.size,
        by=by,
    )
    ContentLibrary.objects.bulk_create(
        ContentLibrary(version=restored, library_id=use.library_id, position=use.position) for use in version.uses.all()
    )
    publish(content, restored, title=content.title, begins_again=begins_again, by=by)
    return restored


def export(version: ContentVersion, target: IO[bytes]) -> None:
    """Write a version as a package with all its libraries, those for editors too, as far as they are installed."""
    shelf = Shelf().read_all()
    direct = [use.library.key for use in version.uses.select_related("library")]
    needed, _missing = dependencies_of(direct, shelf.manifest)
    files: dict[str, Chunks] = {
        "h5p.json": as_json(
            package_json(
                version.content.title,
                version.metadata.get("language") or "und",
                version.library.key,
                [entry.library for entry in needed if entry.type != DependencyType.EDITOR],
                version.metadata,
            )
        ),
        "content/content.json": as_json(version.params),
    }
    for path, sha256 in version.files.items():
        files[f"content/{path}"] = chunks_of(content_file(sha256))
    folders = {shelf.folder(entry.library): entry.library for entry in needed}
    for folder, names in LibraryRevision.objects.filter(folder__in=folders).values_list("folder", "files"):
        key = folders[folder]
        for path in names:
            files[f"{key.name}-{key.major}.{key.minor}/{path}"] = chunks_of(library_file(folder, path))
    write_package(target, files)
