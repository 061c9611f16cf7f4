"""Content as authors write it: saved as they go, published when they say so."""

import hashlib
import mimetypes
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from courses.h5p.core import LibraryKey, filter_content, filter_metadata
from courses.h5p.errors import NoDraft
from courses.h5p.models import Content, ContentDraft, ContentLibrary, ContentVersion, Library
from courses.h5p.queries import Shelf
from courses.h5p.services.contents import next_number, publish
from courses.h5p.storage import content_file
from courses.h5p.uploads import accept
from lms.audit.services import record

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Standing:
    """What an author's page began from: the version that learners had, and how often the draft had been saved."""

    version: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a page holds."""

    library: LibraryKey
    title: str
    params: dict[str, Any]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it is now. When it is ``of_another``, somebody else wrote meanwhile, and nothing was saved."""

    content: Content
    draft: ContentDraft | None
    of_another: bool = False


@transaction.atomic
def begin(key: UUID, written: Written, *, by: Any) -> Saved:
    """New content, not published yet. Safe to repeat with the key that the page was given: it is begun once."""
    content, is_new = Content.objects.get_or_create(key=key, defaults={"title": written.title, "by": by})
    drafts = ContentDraft.objects.select_related("content__live", "by", "library")
    begun = None if is_new else drafts.filter(content=content, by=by, revision=1).first()
    return Saved(content, begun) if begun else save_draft(content, written, Standing(), by=by)


@transaction.atomic
def save_draft(content: Content, written: Written, standing: Standing, *, overwrites: bool = False, by: Any) -> Saved:
    """Keep what an author wrote, unless somebody else saved or published since ``standing``.

    With ``overwrites`` it is kept all the same: she was told, and means it. Without the library: ``LookupError``.
    """
    held = Content.objects.select_for_update(of=("self",)).select_related("live").get(pk=content.pk)
    drafts = ContentDraft.objects.select_for_update(of=("self",)).select_related("content__live", "by", "library")
    draft = drafts.filter(content=held).first()
    live = held.live.number if held.live else 0
    now = Standing(draft.based_on if draft else live, draft.revision if draft else 0)
    if now != standing and not overwrites:
        return Saved(held, draft, of_another=True)
    library = Library.objects.of([written.library]).first()
    if library is None:
        raise LookupError(str(written.library))
    if draft is None:
        draft = ContentDraft(content=held, based_on=live, revision=0, files=held.live.files if held.live else {})
    draft.library = library
    draft.title, draft.params = written.title, written.params
    draft.metadata = {**draft.metadata, **written.metadata}
    draft.revision += 1
    draft.saved_at, draft.by = timezone.now(), by
    draft.save()
    if held.live is None:
        held.title = written.title
        held.save(update_fields=["title"])
    return Saved(held, draft)


@transaction.atomic
def publish_draft(
    draft: ContentDraft, *, begins_again: bool, overwrites: bool = False, by: Any
) -> ContentVersion | None:
    """Make a draft the version that learners get; nothing when it was saved, published or thrown away meanwhile.

    With ``begins_again`` learners begin anew. ``overwrites``: a version that was published since the draft was begun
    is no reason to stop.
    """
    content = Content.objects.select_for_update(of=("self",)).select_related("live").get(pk=draft.content_id)
    drafts = ContentDraft.objects.select_for_update(of=("self",)).select_related("library")
    held = drafts.filter(pk=draft.pk, revision=draft.revision).first()
    if held is None or (held.based_on != (content.live.number if content.live else 0) and not overwrites):
        return None
    filtered = filter_content(held.params, held.library.key, Shelf().read_all().semantics, held.files)
    files = {path: held.files[path] for path in filtered.files}
    libraries = {library.key: library for library in Library.objects.of(filtered.libraries)}
    version = ContentVersion.objects.create(
        content=content,
        number=next_number(content),
        library=held.library,
        params=filtered.params,
        metadata={**filter_metadata({**held.metadata, "title": held.title}), **_language(held.metadata)},
        files=files,
        size=sum(default_storage.size(content_file(sha256)) for sha256 in files.values()),
        by=by,
    )
    ContentLibrary.objects.bulk_create(
        ContentLibrary(version=version, library=libraries[key], position=position)
        for position, key in enumerate(filtered.libraries)
    )
    publish(content, version, title=held.title, begins_again=begins_again, by=by)
    held.delete()
    return version


def _language(metadata: dict[str, Any]) -> dict[str, str]:
    language = metadata.get("language")
    return {"language": language} if isinstance(language, str) else {}


@transaction.atomic
def discard_draft(content: Content, *, by: Any) -> bool:
    """Throw away what was not published; content that never was goes altogether. Whether it is still there."""
    held = Content.objects.select_for_update(of=("self",)).get(pk=content.pk)
    ContentDraft.objects.filter(content=held).delete()
    record("h5p.discard_draft", [held], by=by)
    if held.live_id is None and not held.versions.exists():
        held.delete()
        return False
    return True


def add_file(content: Content, kind: str, upload: "File[Any]") -> dict[str, Any]:
    """Store a file for a draft; gives how content refers to it. Raises ``BadUpload``, which says why not.

    The name in the storage says what the bytes are: the same file is kept once, whoever uses it.
    """
    accepted = accept(kind, upload.name or "", upload)
    sha256 = hashlib.sha256()
    for chunk in accepted.body.chunks(CHUNK):
        sha256.update(chunk)
    name = content_file(sha256.hexdigest())
    if not default_storage.exists(name):
        accepted.body.seek(0)
        stored = default_storage.save(name, File(accepted.body))
        if stored != name:
            # Another upload of the same file was quicker.
            default_storage.delete(stored)
    path = f"{accepted.path}-{sha256.hexdigest()[:8]}.{accepted.ending}"
    with transaction.atomic():
        draft = ContentDraft.objects.select_for_update().filter(content=content).first()
        if draft is None:
            raise NoDraft
        draft.files[path] = sha256.hexdigest()
        draft.save(update_fields=["files"])
    mime = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return {"path": path, "mime": mime, **accepted.about}
