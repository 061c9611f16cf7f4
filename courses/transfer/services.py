"""Bringing courses in: one transaction each, with a report on every item."""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.bank.errors import InvalidQuestion
from assessments.bank.models import Question
from assessments.bank.services import save_question
from assessments.quizzes.services import save_quiz
from courses.media.errors import FileRefused
from courses.media.services import add_document, add_media, add_picture
from courses.packages import services as incoming
from courses.pages.models import CoursePage
from courses.pages.services import CourseDraft, LessonDraft, SectionDraft, create_course, publish_course
from courses.transfer.formats.archive import unpacked
from courses.transfer.formats.findings import Change, Fault, Unreadable
from courses.transfer.formats.olx import CourseTree, read_course
from courses.transfer.formats.olx.markup import Shelf, Shown
from courses.transfer.formats.olx.plan import (
    NOTHING_SHOWN,
    TEXT_ONLY,
    Asked,
    Film,
    Item,
    Lesson,
    Note,
    Piece,
    Plan,
    Test,
    Text,
    plan_course,
)
from courses.transfer.models import CourseImport
from courses.transfer.reasons import REFUSALS, sentence
from lms.common.html import plain_text
from lms.people.queries import branch_roots

if TYPE_CHECKING:
    from django.core.files import File

PICTURE = "width-960|format-webp"
WORDS_A_MINUTE = 180
TALKED = ("id", "en")
"""Languages of captions that players offer."""

Block = tuple[str, Any]
Report = dict[str, Any]


def import_course(path: Path, *, by: Any = None, source_name: str = "", again: bool = False) -> CourseImport:
    """Bring in the course archive at ``path`` as a draft. Refused archives leave nothing but their report.

    A course whose key was imported before is refused unless ``again``: then a second course is made beside it.
    """
    made = CourseImport(source_name=(source_name or path.name)[-255:], by=by, is_second=again)
    return _carry_out(made, path)


def upload(archive: "File[Any]", *, by: Any, again: bool = False) -> CourseImport:
    """Take in an archive to be imported in the background."""
    waiting = CourseImport(by=by, is_second=again)
    return incoming.take_in(waiting, archive, bell="course-imports", fallback="course")


def carry_out(waiting_id: int) -> CourseImport | None:
    """Import an uploaded archive and delete it. Safe to repeat and to run twice at once: it is imported once."""
    return incoming.carry_out(
        CourseImport, waiting_id, _carry_out, lambda held: _refuse(held, Unreadable("import_failed"))
    )


def carry_out_waiting() -> None:
    """Import what a lost message or a dead worker left waiting."""
    incoming.carry_out_waiting(CourseImport, carry_out)


def publish(done: CourseImport, *, by: Any) -> None:
    """Publish the imported course as it is."""
    assert done.page is not None
    course = publish_course(done.page, by=by)
    done.report["course"] = _course_of(done.page, course.slug)
    done.save(update_fields=["report"])


def _carry_out(made: CourseImport, path: Path) -> CourseImport:
    library = _Library(by=made.by)
    try:
        with unpacked(path) as archive:
            tree = read_course(archive)
            made.course_key = tree.key[:255]
            library.tree = tree
            with transaction.atomic():
                _refuse_twice(made)
                plan = plan_course(tree, library.shelf())
                if not plan.sections:
                    raise Unreadable("nothing_usable")
                made.page = _Builder(library, plan).build(made)
                made.state = CourseImport.State.DONE
                made.report = _report(made, plan.items, tree.faults)
                made.finished_at = timezone.now()
                made.save()
    except Unreadable as refusal:
        library.throw_away()
        return _refuse(made, refusal)
    except BaseException:
        library.throw_away()
        raise
    return made


def _refuse(made: CourseImport, refusal: Unreadable) -> CourseImport:
    made.page = None
    made.state = CourseImport.State.REFUSED
    made.finished_at = timezone.now()
    made.report = _refused(made, refusal)
    made.save()
    return made


def _refuse_twice(made: CourseImport) -> None:
    if made.is_second or not made.course_key:
        return
    before = CourseImport.objects.alive(made.course_key).select_related("page").first()
    if before is not None and before.page is not None:
        raise Unreadable("imported_before", title=before.page.title)


# Files


@dataclass
class _Library:
    """Puts the archive's files into storage as they are asked for, each once, and can take them back."""

    by: Any
    tree: CourseTree | None = None
    stored: list[str] = field(default_factory=list)
    pictures: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, str | Change] = field(default_factory=dict)
    drawings: set[str] = field(default_factory=set)

    def shelf(self) -> Shelf:
        assert self.tree is not None
        return Shelf(self.tree.assets, self.shown, self.document)

    def read(self, path: str) -> bytes:
        assert self.tree is not None
        return self.tree.archive.read(path)

    def picture(self, path: str, alt: str) -> Any:
        """The picture stored for a file of the archive, or why there is none."""
        if path not in self.pictures:
            name = PurePosixPath(path).name
            content = self.read(path)
            try:
                if name.lower().endswith(".svg"):
                    content, name = _rasterized(content), f"{PurePosixPath(name).stem}.png"
                picture = add_picture(alt or PurePosixPath(name).stem, name, content, description=alt, by=self.by)
            except (FileRefused, ValueError):
                self.pictures[path] = Change("picture_unusable", {"file": PurePosixPath(path).name})
            else:
                self.pictures[path] = picture
                self.stored.append(str(picture.file.name))
        return self.pictures[path]

    def shown(self, path: str, alt: str) -> Shown | Change:
        picture = self.picture(path, alt)
        if isinstance(picture, Change):
            return picture
        moves = path.lower().endswith(".gif")
        rendition = picture.get_rendition("original" if moves else PICTURE)
        if rendition.file.name not in self.stored:
            self.stored.append(str(rendition.file.name))
        return Shown(rendition.url, rendition.width, rendition.height)

    def document(self, path: str) -> str | Change:
        """The address of the document stored for a file of the archive, or why there is none."""
        if path not in self.documents:
            name = PurePosixPath(path).name
            if name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")):
                shown = self.shown(path, "")
                self.documents[path] = shown if isinstance(shown, Change) else shown.address
                return self.documents[path]
            try:
                document = add_document(PurePosixPath(name).stem, name, self.read(path), by=self.by)
            except FileRefused:
                self.documents[path] = Change("document_type", {"file": name})
            else:
                self.stored.append(str(document.file.name))
                self.documents[path] = document.url
        return self.documents[path]

    def throw_away(self) -> None:
        """Delete what was stored for an import that came to nothing."""
        for name in self.stored:
            default_storage.delete(name)
        self.stored.clear()


def _rasterized(svg: bytes) -> bytes:
    """A drawing as PNG, made without running or fetching anything of it. Raises ``ValueError``."""
    page = b"#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
    source = page + b'#image(bytes(sys.inputs.svg), format: "svg", width: 480pt)'
    try:
        made = typst.compile(source, format="png", ppi=144, sys_inputs={"svg": svg.decode("utf-8-sig")})
    except (RuntimeError, UnicodeDecodeError, typst.TypstError) as error:
        raise ValueError("not a drawing") from error
    return made[0] if isinstance(made, list) else bytes(made)


# Pages


@dataclass
class _Builder:
    """Writes a plan: questions, quizzes, media, and the pages that hold them."""

    library: _Library
    plan: Plan
    questions: dict[int, Question | None] = field(default_factory=dict)
    minutes: int = 0

    def build(self, made: CourseImport) -> CoursePage:
        language = self._language()
        with translation.override(language):
            sections = [
                SectionDraft(
                    title=section.title[:255],
                    lessons=[written for lesson in section.lessons if (written := self._lesson(lesson)) is not None],
                    is_gate=section.is_gate,
                )
                for section in self.plan.sections
            ]
        self._settle()
        draft = CourseDraft(
            title=self.plan.title[:200],
            slug=slugify(self.plan.title)[:80],
            summary=self.plan.summary,
            about=self.plan.about,
            jp=max(round(self.minutes / 45), 1),
            language=language,
            organizer=branch_roots(made.by, "author").first() if made.by else None,
            cover=self._cover(),
            owner=made.by,
            sections=[section for section in sections if section.lessons],
        )
        return create_course(draft)

    def _language(self) -> str:
        language = self.plan.language.lower()[:2] or "en"
        if language in TALKED:
            return language
        self._note_course(Change("language_unknown", {"language": self.plan.language[:20]}))
        return "en"

    def _note_course(self, change: Change) -> None:
        for place, item in enumerate(self.plan.items):
            if item.kind == "course":
                self.plan.items[place] = replace(item, outcome="changed", changes=(*item.changes, change))

    def _cover(self) -> Any:
        if self.plan.cover is None:
            return None
        picture = self.library.picture(self.plan.cover, "")
        if isinstance(picture, Change):
            self._note_course(Change("cover_unusable"))
            return None
        return picture

    def _lesson(self, lesson: Lesson) -> LessonDraft | None:
        body: list[Block] = []
        words, seconds, questions = 0, 0, 0
        for piece in lesson.pieces:
            body += self._blocks(piece)
            if isinstance(piece, Text | Note):
                words += len(plain_text(piece.html).split())
            elif isinstance(piece, Film):
                seconds += max((cues.cues[-1][1] for cues in piece.transcripts), default=120_000) // 1000
            else:
                questions += len(piece.asked) if isinstance(piece, Test) else 1
        if not body:
            return None
        minutes = max(math.ceil(words / WORDS_A_MINUTE + seconds / 60 + questions), 1)
        self.minutes += minutes
        return LessonDraft(title=lesson.title[:255], minutes=minutes, body=body, key=lesson.key)

    def _blocks(self, piece: Piece) -> list[Block]:
        if isinstance(piece, Text):
            return [("html", piece.html)]
        if isinstance(piece, Note):
            return [("callout", self._note_of(piece))]
        if isinstance(piece, Film):
            return self._film(piece)
        if isinstance(piece, Test):
            return self._test(piece)
        question = self._question(piece)
        return [("question", {"question": question.pk, "is_required": False})] if question else []

    def _note_of(self, note: Note) -> dict[str, str]:
        labels = {
            "feedback": _("To think about"),
            "poll": _("To think about"),
            "assignment": _("A task of the original course"),
            "tool": _("A tool of the original course"),
        }
        label = labels[note.about]
        title = f"{label}: {note.title}" if note.title and note.about != "tool" else label
        return {"tone": "info", "title": title[:120], "text": note.html}

    def _question(self, asked: Asked) -> Question | None:
        if id(asked) not in self.questions:
            try:
                self.questions[id(asked)] = save_question(asked.question.kind, asked.title, asked.question.body)
            except InvalidQuestion as refusal:
                self.questions[id(asked)] = None
                self._note(asked.path, Change("question_refused", {"detail": str(refusal)[:200]}))
        return self.questions[id(asked)]

    def _note(self, path: str, change: Change) -> None:
        """Tell of a component something that showed only when it was stored."""
        for place, item in enumerate(self.plan.items):
            if item.path == path and item.is_component:
                self.plan.items[place] = replace(item, outcome="changed", changes=(*item.changes, change))

    def _settle(self) -> None:
        """A problem none of whose questions was taken is lost."""
        asked: dict[str, list[Question | None]] = {}
        for section in self.plan.sections:
            for lesson in section.lessons:
                for piece in lesson.pieces:
                    for one in piece.asked if isinstance(piece, Test) else (piece,) if isinstance(piece, Asked) else ():
                        asked.setdefault(one.path, []).append(self.questions.get(id(one)))
        gone = {path for path, questions in asked.items() if not any(questions)}
        for place, item in enumerate(self.plan.items):
            if item.path in gone and item.is_component:
                refused = tuple(change for change in item.changes if change.code == "question_refused")
                self.plan.items[place] = replace(item, outcome="lost", changes=refused)

    def _test(self, test: Test) -> list[Block]:
        questions = [(question, asked.points) for asked in test.asked if (question := self._question(asked))]
        if not questions:
            return []
        quiz = save_quiz(
            test.title,
            questions,
            passing_grade=test.passing_grade if test.passing_grade is not None else Decimal(70),
            attempts_allowed=test.attempts,
        )
        return [("quiz", {"quiz": quiz.pk, "is_required": True})]

    def _film(self, film: Film) -> list[Block]:
        best = next((spoken for spoken in film.transcripts if spoken.language[:2] in TALKED), None)
        spoken = best or next(iter(film.transcripts), None)
        if film.path is not None:
            captions = {
                cues.language[:2]: cues.vtt.encode() for cues in film.transcripts if cues.language[:2] in TALKED
            }
            name = PurePosixPath(film.path).name
            try:
                media = add_media(
                    "video",
                    film.title,
                    name,
                    self.library.read(film.path),
                    transcript=spoken.text if spoken else "",
                    captions=captions,
                )
            except FileRefused:
                self._note(film.source, Change("video_unusable", {"file": name}))
            else:
                self.library.stored += [
                    str(media.file.name),
                    *(str(caption.file.name) for caption in media.captions.all()),
                ]
                return [("video", {"media": media.pk, "caption": ""})]
        blocks: list[Block] = []
        if film.address:
            label = _("Watch the video “%(title)s”") % {"title": film.title}
            blocks.append(("html", f'<p><a href="{escape(film.address)}">{escape(label)}</a></p>'))
        folds = [
            {
                "title": _("Transcript of “%(title)s” (%(language)s)")
                % {"title": film.title[:100], "language": cues.language},
                "text": "".join(f"<p>{escape(paragraph)}</p>" for paragraph in _paragraphs(cues.text)),
            }
            for cues in film.transcripts
        ]
        if folds:
            blocks.append(("accordion", {"folds": folds}))
        return blocks


def _paragraphs(text: str) -> list[str]:
    """Running text in paragraphs of some eighty words, broken at the end of sentences."""
    paragraphs: list[str] = []
    words: list[str] = []
    for word in text.split():
        words.append(word)
        if (len(words) >= 80 and word.endswith((".", "!", "?"))) or len(words) >= 160:
            paragraphs.append(" ".join(words))
            words = []
    return [*paragraphs, " ".join(words)] if words else paragraphs


# The report


def _report(made: CourseImport, items: list[Item], faults: list[Fault]) -> Report:
    assert made.page is not None
    outcomes = ("kept", "changed", "lost")
    components = [item for item in items if item.is_component]
    counted = {outcome: sum(item.outcome == outcome for item in components) for outcome in outcomes}
    reasons = [{change.code for change in item.changes} for item in components if item.outcome == "changed"]
    silent = sum(bool(codes & NOTHING_SHOWN) for codes in reasons)
    text_only = sum(bool(codes & TEXT_ONLY) for codes in reasons)
    carried = counted["kept"] + counted["changed"]
    return {
        "source": made.source_name,
        "ok": True,
        "refused": None,
        "course": _course_of(made.page, made.page.slug) | {"key": made.course_key},
        "counts": {outcome: sum(item.outcome == outcome for item in items) for outcome in outcomes},
        "components": {
            **counted,
            "total": len(components),
            "nothing_shown": silent,
            "text_only": text_only,
            "carried_over": _share(carried, len(components)),
            "carried_over_visible": _share(carried - silent, len(components) - silent),
            "works_as_before": _share(carried - silent - text_only, len(components) - silent),
            "by_reason": _by_reason(components),
            "unexplained": sum(item.outcome != "kept" and not item.changes for item in items),
        },
        "items": [
            {
                "path": item.path,
                "kind": item.kind,
                "title": item.title,
                "outcome": item.outcome,
                "is_component": item.is_component,
                "reason_code": item.changes[0].code if item.changes else "",
                "reason": " ".join(sentence(change.code, change.values) for change in item.changes),
                "reasons": [{"code": change.code, "values": change.values} for change in item.changes],
            }
            for item in items
        ],
        "problems": _problems(faults),
    }


def _share(part: int, whole: int) -> float:
    return round(100 * part / max(whole, 1), 1)


def _by_reason(components: list[Item]) -> list[dict[str, Any]]:
    """How many components there are of each kind, outcome and first reason, the most first."""
    groups = Counter((item.kind, item.outcome, item.changes[0].code if item.changes else "") for item in components)
    return [
        {"kind": kind, "outcome": outcome, "reason_code": code, "count": count}
        for (kind, outcome, code), count in groups.most_common()
    ]


def _problems(faults: list[Fault]) -> list[dict[str, Any]]:
    return [
        {
            "code": fault.code,
            "path": fault.path,
            "text": sentence(f"source_{fault.code}", fault.values),
            "values": fault.values,
        }
        for fault in faults
    ]


def _refused(made: CourseImport, refusal: Unreadable) -> Report:
    text = str(REFUSALS[refusal.code]) % refusal.values
    return {
        "source": made.source_name,
        "ok": False,
        "refused": {"code": refusal.code, "text": text, "values": refusal.values},
        "course": None,
        "counts": {"kept": 0, "changed": 0, "lost": 0},
        "components": {
            **dict.fromkeys(("kept", "changed", "lost", "total", "nothing_shown", "text_only"), 0),
            **dict.fromkeys(("carried_over", "carried_over_visible", "works_as_before", "unexplained"), 0),
            "by_reason": [],
        },
        "items": [],
        "problems": [],
    }


def _course_of(page: CoursePage, slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "title": page.title,
        "url": f"{settings.SITE_URL}{reverse('pages:course', args=[slug])}",
        "edit_url": f"{settings.SITE_URL}{reverse('wagtailadmin_explore', args=[page.pk])}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
