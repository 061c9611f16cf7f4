"""What the player's page is given: everything is resolved here, so the browser asks for no manifest at all."""

import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from courses.h5p.core import Assets, addons_needed, assets_of, dependencies_of, filter_content
from courses.h5p.core.manifest import LibraryManifest
from courses.h5p.models import ContentDraft, ContentVersion
from courses.h5p.queries import Shelf
from courses.h5p.tokens import draft_files_token, files_token

PLAYER = ("vendor/h5p/frame.bundle.js",)
STYLES = ("vendor/h5p/styles/h5p.css",)
KEPT_FOR = 24 * 3600
SAVE_SECONDS = 2
"""How often the player says where the learner is, if that has changed. The page around sends it less often."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the template of a frame needs."""

    content_id: int
    title: str
    language: str
    integration: dict[str, Any]
    styles: list[str]
    scripts: list[str]


def page_of(version: ContentVersion, states: dict[str, dict[str, str]] | None = None) -> Page:
    """The page that plays a version of content with the libraries as they are now.

    ``states`` is where a learner was: what she does is then told to the page around. Without, nothing is kept.
    """
    files = files_token(version.pk, timezone.localdate())
    return _page(version, version.content.title, files, str(version.pk), states)


def page_of_draft(draft: ContentDraft) -> Page:
    """The page that shows what an author is writing, as far as it fits its libraries. Raises ``TooMuch``."""
    return _page(draft, draft.title, draft_files_token(draft.pk), None, None)


def _page(
    version: ContentVersion | ContentDraft,
    title: str,
    files: str,
    kept_as: str | None,
    states: dict[str, dict[str, str]] | None,
) -> Page:
    shelf = Shelf().read_all()
    main = shelf.library(version.library.key)
    assert main is not None
    found = _resolved(version, shelf, kept_as)
    content_url = reverse("h5p:files", args=[files])
    metadata = {"title": title, "license": "U", **version.metadata}
    content = {
        "library": str(main.key),
        "jsonContent": found["params"],
        "fullScreen": "1" if found["fullscreen"] else "0",
        "displayOptions": dict.fromkeys(("frame", "export", "embed", "copyright", "icon", "copy"), False),
        "metadata": metadata,
        "contentUrl": content_url.rstrip("/"),
        # Given here, for libraries ask while they are made and take no answer that comes later.
        "contentUserData": states or {"0": {"state": "{}"}},
        "title": title,
        "url": f"urn:uuid:{version.content.key}",
        "exportUrl": "",
        "embedCode": "",
        "resizeCode": "",
        # The page has loaded them; the player must not do so again.
        "scripts": found["scripts"],
        "styles": found["styles"],
    }
    integration = {
        "baseUrl": "",
        "url": "",
        "siteUrl": "",
        "postUserStatistics": states is not None,
        "saveFreq": SAVE_SECONDS if states is not None else False,
        # The script inside the frame answers at these, and hands what is sent to the page around it.
        "ajax": {"setFinished": "kept:finished", "contentUserData": "kept:state/:dataType/:subContentId"},
        "l10n": {"H5P": _words()},
        "hubIsEnabled": False,
        "reportingIsEnabled": False,
        "crossorigin": "anonymous",
        "crossoriginCacheBuster": "",
        "libraryConfig": {},
        "libraryUrl": reverse("h5p:library_file", args=["-", "-"]).removesuffix("/-/-"),
        "pluginCacheBuster": "",
        "urlLibraries": reverse("h5p:named_library_file", args=["-", "-"]).removesuffix("/-/-"),
        "core": {"scripts": [], "styles": []},
        "contents": {f"cid-{version.pk}": content},
    }
    if states is not None:
        # Who it is says the session: content that sends its statements elsewhere knows nobody.
        integration["user"] = {"name": "learner", "mail": "learner@learner.invalid"}
    return Page(
        version.pk,
        title,
        version.metadata.get("defaultLanguage") or get_language() or "id",
        integration,
        [*map(static, STYLES), *found["styles"]],
        [*map(static, PLAYER), *found["scripts"]],
    )


def _resolved(version: ContentVersion | ContentDraft, shelf: Shelf, kept_as: str | None) -> dict[str, Any]:
    """The content as its libraries take it now, and their files in order; made once for one set of libraries.

    A patch may change what a library's semantics allow, so content is fitted to them anew. A draft, which changes
    every few seconds, is not kept (``kept_as`` is ``None``).
    """
    if kept_as is None:
        return _fitted(version, shelf)
    key = f"h5p-page:{kept_as}:{shelf.fingerprint()}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        kept = _fitted(version, shelf)
        cache.set(key, kept, KEPT_FOR)
    return kept


def _fitted(version: ContentVersion | ContentDraft, shelf: Shelf) -> dict[str, Any]:
    filtered = filter_content(version.params, version.library.key, shelf.semantics, version.files)
    addons = addons_needed(shelf.addons(), filtered.texts)
    needed, _missing = dependencies_of([*filtered.libraries, *addons], shelf.manifest)
    assets = assets_of(needed, shelf.manifest)
    main = shelf.manifest(version.library.key)
    return {
        "params": json.dumps(filtered.params, ensure_ascii=False),
        "fullscreen": main is not None and main.is_fullscreen,
        "styles": _addresses(assets, shelf, "styles"),
        "scripts": _addresses(assets, shelf, "scripts"),
    }


def _addresses(assets: Assets, shelf: Shelf, kind: str) -> list[str]:
    files: tuple[tuple[LibraryManifest, str], ...] = getattr(assets, kind)
    return [reverse("h5p:library_file", args=[shelf.folder(manifest.key), path]) for manifest, path in files]


def _words() -> dict[str, str]:
    """What the player itself says, in the reader's language."""
    return {
        "fullscreen": gettext("Full screen"),
        "disableFullscreen": gettext("Leave full screen"),
        "close": gettext("Close"),
        "confirmDialogHeader": gettext("Are you sure?"),
        "confirmDialogBody": gettext("What you did here will be lost."),
        "cancelLabel": gettext("Cancel"),
        "confirmLabel": gettext("Continue"),
        "contentChanged": gettext("The content has changed since you last saw it."),
        "startingOver": gettext("You begin again."),
        "connectionLost": gettext("The line is lost. What you do is kept and sent when it is back."),
        "connectionReestablished": gettext("The line is back."),
        "resubmitScores": gettext("Sending what was kept."),
        "offlineDialogHeader": gettext("The line is lost"),
        "offlineDialogBody": gettext("Your result could not be sent. Check the connection."),
        "offlineDialogRetryMessage": gettext("The next try begins in :num."),
        "offlineDialogRetryButtonLabel": gettext("Try now"),
        "offlineSuccessfulSubmit": gettext("Your result was sent."),
        "contentType": gettext("Kind of content"),
        "keywords": gettext("Keywords"),
    }
