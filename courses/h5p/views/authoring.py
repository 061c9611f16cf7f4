"""Writing interactive content in the CMS, with forms that its libraries describe."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.h5p import services
from courses.h5p.core import LibraryKey, TooMuch
from courses.h5p.core.authoring import (
    form_of,
    locate,
    new_library,
    params_from,
    part_of,
    problems_in,
    section_of,
    value_from,
)
from courses.h5p.core.filtering import default_of
from courses.h5p.errors import TooLarge
from courses.h5p.forms import AboutForm, StandingForm, UploadedFileForm
from courses.h5p.models import Content, ContentDraft
from courses.h5p.queries import FormLibraries, Shelf
from courses.h5p.tokens import draft_files_token, draft_token, files_token, preview_token
from courses.h5p.views.cms import crumbs, own
from courses.h5p.views.frame import SANDBOX
from courses.packages.problems import Problem

MOST_CHARACTERS = 2 * 1024 * 1024
"""Of what one form sends: the largest published books are a tenth of it."""
WRITTEN_ELSEWHERE = frozenset(
    {
        *("H5P.BranchingScenario", "H5P.Collage", "H5P.CoursePresentation", "H5P.DragQuestion"),
        *("H5P.ImageHotspotQuestion", "H5P.ImageHotspots", "H5P.ImageMultipleHotspotQuestion", "H5P.InteractiveVideo"),
    }
)
"""Content that is placed by hand on a picture, a slide or a film, for which a form is a poor tool."""


def choose(request: HttpRequest) -> HttpResponse:
    """What new content can be made of."""
    _may_add(request)
    libraries = _libraries()
    icons = libraries.icons()
    cards = [
        {
            "key": key,
            "title": libraries.title(key),
            "description": libraries.description(key),
            "is_elsewhere": key.name in WRITTEN_ELSEWHERE,
            "icon": reverse("h5p:library_file", args=[icons[key], "icon.svg"]) if key in icons else "",
        }
        for key in libraries.kinds()
    ]
    context = {
        "cards": cards,
        "breadcrumbs_items": [*crumbs(), {"url": "", "label": _("New content")}],
        "contents_url": reverse("h5p_cms:contents"),
        "header_title": _("New content"),
        "header_icon": "media",
    }
    return TemplateResponse(request, "h5p_cms/choose.html", context)


def new(request: HttpRequest, library: str) -> HttpResponse:
    """An empty form for content of a library. The first time that it is sent the content is begun."""
    _may_add(request)
    libraries = _libraries()
    key = LibraryKey.parse(" ".join(library.rsplit("-", 1)))
    manifest = libraries.shelf.manifest(key) if key else None
    if key is None or manifest is None or not manifest.is_runnable:
        raise Http404
    if request.method == "POST":
        sent = _sent(request, key, libraries, ())
        saved = services.begin(sent.standing["key"] or uuid4(), sent.written, by=request.user)
        return _answer(request, saved, sent, libraries)
    begun = services.Written(key, "", new_library(key, libraries)["params"], {"language": get_language() or "id"})
    return _page(request, _Page(Content(), begun, services.Standing()), libraries)


def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The form for the next version of content, with what was written of it so far."""
    content = own(request, key)
    libraries = _libraries()
    drafts = ContentDraft.objects.select_related("content__live", "library", "by")
    draft = drafts.filter(content=content).first()
    base = draft or content.live
    if base is None:
        raise Http404
    if request.method == "POST":
        sent = _sent(request, base.library.key, libraries, base.files)
        saved = services.save_draft(
            content,
            sent.written,
            services.Standing(sent.standing["version"], sent.standing["revision"]),
            overwrites=sent.standing["overwrites"],
            by=request.user,
        )
        return _answer(request, saved, sent, libraries)
    if libraries.semantics(base.library.key) is None:
        raise Http404
    title = draft.title if draft else content.title
    begun = services.Written(base.library.key, title, base.params, base.metadata)
    return _page(request, _Page(content, begun, _standing(content, draft), draft), libraries)


@require_POST
def part(request: HttpRequest) -> HttpResponse:
    """A part of a form that its page did not hold: a new item, the form of a library just chosen, what was folded."""
    if not request.user.has_perm("h5p.change_content"):
        raise PermissionDenied
    libraries = _libraries()
    library = LibraryKey.parse(request.POST.get("library"))
    name = request.POST.get("name", "")
    fields = libraries.semantics(library) if library else None
    if library is None or fields is None or len(name) > 1000:
        raise Http404
    path, value = request.POST.get("path", ""), value_from(request.POST.get("value", ""))
    context: dict[str, Any] = {}
    try:
        match request.POST.get("do"):
            case "item":
                value = default_of(locate(fields, path), libraries.semantics)
                context["part"] = part_of(library, path, name, value, libraries, as_item=True)
            case "unfold":
                context |= {"part": part_of(library, path, name, value, libraries), "in_item": True}
            case "library":
                chosen = LibraryKey.parse(request.POST.get("choice"))
                begun = new_library(chosen, libraries) if chosen and libraries.semantics(chosen) is not None else None
                context["part"] = part_of(library, path, name, begun, libraries)
            case "settings" | "texts" as which:
                context["section"] = section_of(library, which, name, value, libraries)
            case _:
                raise Http404
    except (LookupError, TooMuch) as error:
        raise Http404 from error
    return render(request, "h5p_cms/fragment.html", context)


@require_POST
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """A file for content that is being written; what is wrong with it is said in the answer."""
    content = own(request, key)
    form = UploadedFileForm(request.POST, request.FILES)
    if not form.is_valid():
        said = [str(text) for texts in form.errors.values() for text in texts]
        return JsonResponse({"error": " ".join(said)}, status=400)
    return JsonResponse(services.add_file(content, form.cleaned_data["kind"], form.cleaned_data["file"]))


@require_POST
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw away what was written and not published."""
    content = own(request, key)
    is_there = services.discard_draft(content, by=request.user)
    messages.success(request, _("The draft was thrown away."))
    return redirect("h5p_cms:content", content.key) if is_there else redirect("h5p_cms:contents")


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a page sent."""

    written: services.Written
    standing: dict[str, Any]
    about: AboutForm
    problems: list[Problem]

    @property
    def is_to_be_published(self) -> bool:
        return bool(self.standing["act"] == "publish")


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page shows."""

    content: Content
    written: services.Written
    standing: services.Standing
    draft: ContentDraft | None = None
    problems: list[Problem] = field(default_factory=list)
    about: AboutForm | None = None
    conflict: dict[str, str] | None = None


def _may_add(request: HttpRequest) -> None:
    if not request.user.has_perms(("h5p.add_content", "h5p.change_content")):
        raise PermissionDenied


def _libraries() -> FormLibraries:
    return FormLibraries(Shelf().read_all(), get_language() or "id")


def _sent(request: HttpRequest, library: LibraryKey, libraries: FormLibraries, files: Collection[str]) -> _Sent:
    """What the page's form says; refuses what could not even be kept."""
    standing, about = StandingForm(request.POST), AboutForm(request.POST)
    if not standing.is_valid():
        raise BadRequest
    try:
        params = params_from(_pairs(request), library, libraries)
        problems = problems_in(params, library, libraries, files)
    except TooMuch as error:
        raise TooLarge from error
    written = services.Written(library, about.title_as_typed(), params, about.metadata())
    return _Sent(written, standing.cleaned_data, about, problems)


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values of the content's fields: our script sends them as one, for a large form has thousands."""
    packed = request.POST.get("_fields")
    if packed is None:
        lists = ((name, values) for name, values in request.POST.lists() if not name.startswith("_"))
        return [(name, str(value).replace("\0", "")) for name, values in lists for value in values]
    if len(packed) > MOST_CHARACTERS:
        raise TooLarge
    pairs = value_from(packed)
    if not isinstance(pairs, list):
        raise BadRequest
    return [(pair[0], pair[1]) for pair in pairs if isinstance(pair, list) and list(map(type, pair)) == [str, str]]


def _answer(request: HttpRequest, saved: services.Saved, sent: _Sent, libraries: FormLibraries) -> HttpResponse:
    draft = saved.draft
    wants_json = not request.accepts("text/html")
    if saved.of_another:
        conflict = _conflict(draft)
        if wants_json:
            return JsonResponse({"error": conflict["text"], **_standing_of(draft)}, status=409)
        return _shown_again(request, sent, libraries, saved, conflict)
    assert draft is not None
    if wants_json:
        return JsonResponse({**_told(draft), "whole": not sent.problems})
    if not sent.is_to_be_published:
        messages.success(request, _("The draft was saved. Learners see it when it is published."))
        return redirect("h5p_cms:edit", draft.content.key)
    if sent.problems or not sent.about.is_valid():
        return _shown_again(request, sent, libraries, saved)
    version = services.publish_draft(
        draft,
        begins_again=sent.standing["begins_again"],
        overwrites=sent.standing["overwrites"],
        by=request.user,
    )
    if version is None:
        return _shown_again(request, sent, libraries, saved, _passed_by())
    messages.success(request, _("Version %(number)s is what learners get now.") % {"number": version.number})
    return redirect("h5p_cms:content", draft.content.key)


def _shown_again(
    request: HttpRequest,
    sent: _Sent,
    libraries: FormLibraries,
    saved: services.Saved,
    conflict: dict[str, str] | None = None,
) -> HttpResponse:
    problems = sent.problems if sent.is_to_be_published and not conflict else []
    standing = _standing(saved.content, saved.draft)
    page = _Page(saved.content, sent.written, standing, saved.draft, problems, sent.about, conflict)
    return _page(request, page, libraries)


def _standing(content: Content, draft: ContentDraft | None) -> services.Standing:
    live = content.live.number if content.live else 0
    return services.Standing(draft.based_on if draft else live, draft.revision if draft else 0)


def _conflict(draft: ContentDraft | None) -> dict[str, str]:
    if draft is None:
        text = _(
            "This content was published or its draft was thrown away in another window since you opened this page."
            " What you wrote stands below and is not saved yet."
        )
    else:
        text = _(
            "%(person)s saved this content at %(time)s, after you had opened it. What you wrote stands below and is not"
            " saved yet."
        ) % {"person": draft.by, "time": date_format(localtime(draft.saved_at), "TIME_FORMAT")}
    return {"text": text, "act": "save", "button": _("Save mine over it")}


def _passed_by() -> dict[str, str]:
    return {
        "text": _("Another version was published since this draft was begun. What you wrote is saved as a draft."),
        "act": "publish",
        "button": _("Publish mine all the same"),
    }


def _standing_of(draft: ContentDraft | None) -> dict[str, Any]:
    return {"version": draft.based_on, "revision": draft.revision} if draft else {}


def _told(draft: ContentDraft) -> dict[str, Any]:
    """What the script on the page needs after a draft was saved."""
    return {
        **_standing_of(draft),
        "edit": reverse("h5p_cms:edit", args=[draft.content.key]),
        "upload": reverse("h5p_cms:upload", args=[draft.content.key]),
        "frame": reverse("h5p:frame", args=[draft_token(draft.pk, draft.revision)]),
        "files": reverse("h5p:files", args=[draft_files_token(draft.pk)]),
        "said": _("Draft saved at %(time)s") % {"time": date_format(localtime(draft.saved_at), "TIME_FORMAT")},
    }


def _page(request: HttpRequest, page: _Page, libraries: FormLibraries) -> HttpResponse:
    written, draft, content = page.written, page.draft, page.content
    try:
        sheet = form_of(written.params, written.library, libraries, problems=page.problems)
    except TooMuch as error:
        raise TooLarge from error
    about = page.about or AboutForm(initial=AboutForm.initial_of(written.title, written.metadata))
    told: dict[str, Any] = {}
    if draft:
        told = {**_told(draft), "whole": not problems_in(draft.params, written.library, libraries, draft.files)}
    elif content.live:
        told = {
            "whole": True,
            "files": reverse("h5p:files", args=[files_token(content.live.pk, timezone.localdate())]),
            "frame": reverse("h5p:frame", args=[preview_token(content.live.pk)]),
        }
    is_new = content.pk is None
    kind = libraries.title(written.library)
    title = kind if is_new else content.title or _("Untitled")
    trail = [*crumbs(), {"url": "", "label": title}]
    if content.live:
        trail[-1:] = [
            {"url": reverse("h5p_cms:content", args=[content.key]), "label": content.title},
            {"url": "", "label": _("Edit: %(title)s") % {"title": title}},
        ]
    context = {
        "content": content,
        "is_new": is_new,
        "kind": kind,
        "is_elsewhere": written.library.name in WRITTEN_ELSEWHERE,
        "sheet": sheet,
        "about": about,
        "standing": page.standing,
        "new_key": uuid4() if is_new else "",
        "draft": draft,
        "conflict": page.conflict,
        "lines": [
            {"place": problem.path, "where": problem.values["where"], "text": problem.text(_)}
            for problem in page.problems
        ],
        "told": told,
        "sandbox": SANDBOX,
        "words": _words(),
        "contents_url": reverse("h5p_cms:contents"),
        "action": request.path if is_new else reverse("h5p_cms:edit", args=[content.key]),
        "breadcrumbs_items": trail,
        "header_title": title,
        "header_icon": "media",
    }
    return TemplateResponse(request, "h5p_cms/edit.html", context)


def _words() -> dict[str, str]:
    """What the script on the page says."""
    return {
        "saving": _("Saving…"),
        "unsaved": _("Not saved yet"),
        "failed": _("The line is lost. What you write stays on this page and is saved when it is back."),
        "refused": _("This could not be saved. Reload the page in another window to see why."),
        "mine": _("Save mine over it"),
        "moved": _("Moved to place %(place)s of %(total)s"),
        "removed": _("Taken out"),
        "undo": _("Put it back"),
        "added": _("Added"),
        "large": _("The content is larger than can be saved. Make several pieces of it."),
        "sending": _("Sending %(name)s: %(part)s"),
        "notSent": _("The file could not be sent. Try again."),
        "bold": _("Bold"),
        "italic": _("Italic"),
        "underline": _("Underlined"),
        "strike": _("Struck through"),
        "sub": _("Lowered"),
        "sup": _("Raised"),
        "list": _("List"),
        "numbers": _("Numbered list"),
        "quote": _("Quotation"),
        "code": _("Program code"),
        "link": _("Link"),
        "address": _("Address of the link"),
        "format": _("Format"),
    }
