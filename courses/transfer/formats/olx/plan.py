"""What a course tree becomes here: sections, lessons and their pieces, and the outcome of every item."""

import html
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from courses.transfer.formats.findings import Change
from courses.transfer.formats.olx.markup import Markup, Shelf, convert
from courses.transfer.formats.olx.problems import Question, convert_problem
from courses.transfer.formats.olx.prompts import prompt_of
from courses.transfer.formats.olx.transcripts import Transcript, transcripts_of
from courses.transfer.formats.olx.tree import POOLS, Block, CourseTree
from courses.transfer.formats.olx.xmltext import inner_markup, words_of

Outcome = Literal["kept", "changed", "lost"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the source and what became of it. ``is_component`` tells a leaf block from all the rest."""

    path: str
    kind: str
    title: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    is_component: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    html: str


@dataclass(frozen=True, slots=True)
class Note:
    """What an activity asked or was called, where it has no counterpart itself. ``about`` tells which kind it was."""

    about: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Film:
    """A video: its file in the archive, or the address where it lives; what is said in it."""

    source: str
    title: str
    path: str | None
    address: str | None
    transcripts: tuple[Transcript, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a problem. The same one may stand in a lesson and in the test that closes it."""

    path: str
    title: str
    question: Question
    points: Decimal


@dataclass(frozen=True, slots=True)
class Test:
    title: str
    asked: tuple[Asked, ...]
    passing_grade: Decimal | None
    attempts: int | None


Piece = Text | Note | Film | Asked | Test


@dataclass
class Lesson:
    """``key`` is what links of the course name it by."""

    title: str
    key: uuid.UUID
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Section:
    title: str
    lessons: list[Lesson] = field(default_factory=list)
    is_gate: bool = False


@dataclass
class Plan:
    """The whole course as it will be, and the report on how it came about."""

    title: str
    summary: str
    about: str
    language: str
    cover: str | None
    sections: list[Section] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def plan_course(tree: CourseTree, shelf: Shelf) -> Plan:
    """Convert the tree. ``shelf`` stores pictures and documents as the texts that show them are converted."""
    return _Planner(tree, shelf).plan()


NOT_HERE = {
    "discussion": "no_discussion",
    "discussion-forum": "no_discussion",
    "openassessment": "no_assignment",
    "poll_question": "no_poll",
    "combinedopenended": "no_assignment",
    "peergrading": "no_assignment",
    "edx_sga": "no_assignment",
    "scorm": "no_package",
    "h5pxblock": "no_package",
    "graphical_slider_tool": "no_simulation",
}


NOTED = {
    "poll": ("poll", "poll_as_note", "no_poll"),
    "survey": ("poll", "poll_as_note", "no_poll"),
    "word_cloud": ("poll", "poll_as_note", "no_poll"),
    "openassessment": ("assignment", "assignment_as_note", "no_assignment"),
    "staffgradedxblock": ("assignment", "assignment_as_note", "no_staff_points"),
    "lti": ("tool", "tool_as_note", "no_lti"),
    "lti_consumer": ("tool", "tool_as_note", "no_lti"),
}
"""Activities of which the text is kept as a note: its kind, the reason, and the reason when there is no text."""
TEXT_ONLY = frozenset({"feedback_as_note", *(reason for _about, reason, _lost in NOTED.values())})
"""Reasons by which a component is there to read while nobody can do what it was for."""
NOTHING_SHOWN = frozenset({"only_styling", "html_empty"})
"""Reasons by which a component had nothing for a learner to see in the first place."""


class _Planner:
    def __init__(self, tree: CourseTree, shelf: Shelf) -> None:
        self.tree = tree
        self.shelf = shelf
        self.items: list[Item] = []
        self.keys: dict[str, uuid.UUID] = {}
        self.places: dict[str, str] = {}
        self.passed: list[uuid.UUID] = []
        self.moved: dict[str, str] = {}

    def plan(self) -> Plan:
        root = self.tree.root
        self._survey(root, None)
        about = self._about()
        cover = self.shelf.path_of(root.settings.get("course_image", "") or "images_course_image.jpg")
        plan = Plan(
            title=root.title
            or self.tree.about.get("title", "").strip()
            or " ".join(filter(None, (self.tree.org, self.tree.number))),
            summary=_plain(self.tree.about.get("short_description", ""))[:500],
            about=about,
            language=root.settings.get("language", ""),
            cover=cover,
            items=self.items,
        )
        self._item(root, "kept", kind="course")
        for chapter in root.children:
            if chapter.tag == "chapter" and chapter.fault is None:
                section = self._section(chapter)
                if section.lessons:
                    plan.sections.append(section)
            else:
                self._lose(chapter)
        self._extras(plan.sections)
        self._mend_links(plan.sections)
        return plan

    # Links

    def _survey(self, block: Block, key: uuid.UUID | None) -> uuid.UUID | None:
        """Know beforehand in which lesson every block will stand; a level above, by its first lesson."""
        if key is None and block.tag not in ("course", "chapter", "sequential", "videosequence"):
            key = self.keys[block.path] = uuid.uuid4()
        found = [self._survey(child, key) for child in block.children]
        place = key or next(iter(found), None)
        if place is not None and block.name:
            self.places.setdefault(block.name, _address(place))
        return place

    def _opened(self, unit: Block) -> Lesson:
        return Lesson(unit.title or unit.name, self.keys.get(unit.path) or uuid.uuid4())

    def _filled(self, lessons: list[Lesson]) -> list[Lesson]:
        """The lessons that hold something. Links to an empty one lead to the next that does."""
        filled = []
        for lesson in lessons:
            self.passed.append(lesson.key)
            if lesson.pieces:
                self.moved |= {_address(key): _address(lesson.key) for key in self.passed}
                self.passed.clear()
                filled.append(lesson)
        return filled

    def _mend_links(self, sections: list[Section]) -> None:
        last = next((section.lessons[-1] for section in reversed(sections)), None)
        if last is not None:
            self.moved |= {_address(key): _address(last.key) for key in self.passed}
        stale = {old: new for old, new in self.moved.items() if old != new}
        for lesson in [lesson for section in sections for lesson in section.lessons]:
            for place, piece in enumerate(lesson.pieces):
                if isinstance(piece, Text) and _ADDRESS.search(piece.html):
                    mended = _ADDRESS.sub(lambda match: stale.get(match[0], match[0]), piece.html)
                    lesson.pieces[place] = Text(mended)

    # Items

    def _item(self, block: Block, outcome: Outcome, *changes: Change, kind: str = "") -> None:
        is_component = not block.is_container
        self.items.append(
            Item(block.path, kind or block.tag, block.title or block.name, outcome, changes, is_component)
        )

    def _lose(self, block: Block, why: Change | None = None) -> None:
        """Count a block and everything in it as lost, each with the reason."""
        if why is None:
            why = Change(f"source_{block.fault.code}", block.fault.values) if block.fault else Change("misplaced_block")
        self._item(block, "lost", why)
        if block.path in self.keys:
            self.passed.append(self.keys[block.path])
        for child in block.children:
            self._lose(child, why)

    def _done(self, block: Block, changes: list[Change]) -> None:
        self._item(block, "changed" if changes else "kept", *changes)

    # Levels

    def _section(self, chapter: Block) -> Section:
        section = Section(chapter.title or chapter.name)
        if _for_staff(chapter):
            self._lose(chapter, Change("staff_only"))
            return section
        place = len(self.items)
        for child in chapter.children:
            if child.fault is not None:
                self._lose(child)
            elif _for_staff(child):
                self._lose(child, Change("staff_only"))
            elif child.tag in ("sequential", "videosequence"):
                self._subsection(child, section)
            else:
                blocks = [child] if not child.is_container else child.children
                section.lessons += self._filled(self._lesson(child, blocks, []))
        if section.lessons:
            changes = [Change("dates_dropped")] if _has_dates(chapter) else []
            outcome: Outcome = "changed" if changes else "kept"
        else:
            outcome, changes = "lost", [Change("nothing_left")]
        self.items.insert(place, Item(chapter.path, "section", chapter.title or chapter.name, outcome, tuple(changes)))
        return section

    def _subsection(self, block: Block, section: Section) -> None:
        place = len(self.items)
        asked: list[tuple[Asked, int | None]] = []
        lessons: list[Lesson] = []
        loose: list[Block] = []
        for child in block.children:
            if child.tag in ("vertical", "wrapper", "problemset") and child.fault is None:
                lessons += self._loose_lesson(block, loose, asked)
                loose = []
                if _for_staff(child):
                    self._lose(child, Change("staff_only"))
                else:
                    lessons += self._lesson(child, child.children, asked, graded=block.is_graded)
            elif child.fault is not None:
                self._lose(child)
            else:
                loose.append(child)
        lessons += self._loose_lesson(block, loose, asked)
        changes = [Change("level_joined")]
        if block.is_graded and asked:
            lessons.append(Lesson(block.title or block.name, uuid.uuid4(), [self._test(block, asked)]))
            section.is_gate = True
            changes = [Change("level_joined_test", {"count": len(asked)})]
        if _has_dates(block):
            changes.append(Change("dates_dropped"))
        filled = self._filled(lessons)
        section.lessons += filled
        outcome: Outcome = "changed" if filled else "lost"
        self.items.insert(
            place,
            Item(
                block.path,
                "subsection",
                block.title or block.name,
                outcome,
                tuple(changes) if filled else (Change("nothing_left"),),
            ),
        )

    def _loose_lesson(self, parent: Block, loose: list[Block], asked: list[tuple[Asked, int | None]]) -> list[Lesson]:
        """Components that stand in a subsection without a unit around them share one lesson."""
        if not loose:
            return []
        self.passed += [self.keys[block.path] for block in loose if block.path in self.keys]
        unit = Block("vertical", parent.name, loose[0].path, parent.title, children=loose)
        return self._lesson(unit, loose, asked, graded=parent.is_graded, is_unit=False)

    def _test(self, block: Block, asked: list[tuple[Asked, int | None]]) -> Test:
        limits = [attempts for _asked, attempts in asked if attempts]
        return Test(
            block.title or block.name,
            tuple(one for one, _attempts in asked),
            self.tree.grading.passing_grade,
            min(limits) if limits else None,
        )

    def _lesson(
        self,
        unit: Block,
        blocks: list[Block],
        asked: list[tuple[Asked, int | None]],
        *,
        graded: bool = False,
        is_unit: bool = True,
    ) -> list[Lesson]:
        place = len(self.items)
        lesson = self._opened(unit)
        for block in self._flat(blocks):
            pieces = self._component(block)
            limit = _whole(block.settings.get("max_attempts"))
            for piece in pieces:
                if isinstance(piece, Asked) and graded:
                    asked.append((piece, limit))
                    if limit:
                        continue
                lesson.pieces.append(piece)
        if is_unit and unit.is_container:
            if lesson.pieces:
                changes = (
                    [Change("groups_dropped")] if unit.settings.get("group_access", "{}") not in ("", "{}") else []
                )
                outcome: Outcome = "changed" if changes else "kept"
            elif unit.children and graded and asked:
                outcome, changes = "changed", [Change("moved_to_test")]
            else:
                outcome, changes = "lost", [Change("nothing_left" if unit.children else "unit_empty")]
            self.items.insert(place, Item(unit.path, "lesson", unit.title or unit.name, outcome, tuple(changes)))
        return [lesson]

    def _flat(self, blocks: list[Block]) -> Iterator[Block]:
        """The components among the blocks, those inside pools and inner units too."""
        for block in blocks:
            if block.fault is not None:
                self._lose(block)
            elif _for_staff(block):
                self._lose(block, Change("staff_only"))
            elif block.is_container:
                if block.tag in POOLS:
                    self._item(block, "changed", Change("pool_opened", {"count": len(block.children)}))
                else:
                    self._item(block, "changed", Change("unit_joined"))
                yield from self._flat(block.children)
            else:
                yield block

    # Components

    def _component(self, block: Block) -> list[Piece]:
        if block.tag == "html":
            return self._html(block)
        if block.tag == "problem":
            return self._problem(block)
        if block.tag in ("video", "videoalpha"):
            return self._video(block)
        if block.tag == "annotatable":
            return self._annotatable(block)
        if block.tag == "drag-and-drop-v2":
            return self._drag_and_drop(block)
        if block.tag == "done":
            self._item(block, "changed", Change("done_by_lesson"))
            return []
        if block.tag in NOTED:
            return self._noted(block)
        self._item(block, "lost", Change(NOT_HERE.get(block.tag, "kind_unknown"), {"kind": block.tag}))
        return []

    def _html(self, block: Block) -> list[Piece]:
        source = block.html or ""
        made = convert(source, self.shelf, self.places)
        if made.html and _asks_for_opinion(source):
            self._item(block, "changed", Change("feedback_as_note"))
            return [Note("feedback", "", made.html)]
        if made.html:
            self._done(block, made.changes)
            return [Text(made.html)]
        if not source.strip():
            self._item(block, "changed", Change("html_empty"))
        elif re.search(r"(?i)<(script|style|link)\b", source):
            self._item(block, "changed", Change("only_styling"))
        else:
            self._item(block, "changed" if not made.had_words else "lost", *(made.changes or [Change("html_empty")]))
        return []

    def _markup(self, text: str) -> Markup:
        return convert(text, self.shelf)

    def _problem(self, block: Block) -> list[Piece]:
        if block.xml is None:
            self._item(block, "lost", Change("problem_empty"))
            return []
        made = convert_problem(block.xml, block.name, self._markup)
        if made.lost is not None:
            self._item(block, "lost", made.lost)
            return []
        self._done(block, made.changes)
        if made.text:
            return [Text(made.text)]
        weight = _decimal(block.settings.get("weight")) or Decimal(1)
        points = max((weight / len(made.questions)).quantize(Decimal("0.01")), Decimal("0.01"))
        title = block.title or _plain(str(made.questions[0].body["text"]))[:80]
        many = len(made.questions) > 1
        return [
            Asked(block.path, f"{title} ({number})" if many else title, question, points)
            for number, question in enumerate(made.questions, start=1)
        ]

    def _video(self, block: Block) -> list[Piece]:
        if block.xml is None:
            self._item(block, "lost", Change("video_without_source"))
            return []
        settings = block.settings
        addresses = [element.get("src") or "" for element in block.xml.iter("source")]
        addresses += [*_json_list(settings.get("html5_sources")), settings.get("source", "")]
        path = next((found for address in addresses if (found := self.shelf.find(address))), None)
        path = path or next(
            (found for a in addresses if a and (found := self.shelf.path_of(a.rsplit("/", 1)[-1]))), None
        )
        youtube = settings.get("youtube_id_1_0") or _youtube(settings.get("youtube", ""))
        remote = next((address for address in addresses if re.match(r"https?://", address)), None)
        address = f"https://www.youtube.com/watch?v={youtube}" if youtube else remote
        transcripts = tuple(transcripts_of(block.xml, settings, self.shelf, self.tree.archive))
        title = block.title or block.name
        changes: list[Change] = []
        if path is None:
            if not address and not transcripts:
                self._item(block, "lost", Change("video_without_source"))
                return []
            code = "video_on_youtube" if youtube else "video_elsewhere" if address else "video_without_source"
            changes.append(Change(code, {"address": address or "", "transcripts": len(transcripts)}))
        if any(settings.get(name, "") not in ("", "00:00:00", "0.0", "null") for name in ("start_time", "end_time")):
            changes.append(Change("video_whole"))
        if block.xml.find("handout") is not None or settings.get("handout"):
            changes.append(Change("video_handout_dropped"))
        self._done(block, changes)
        return [Film(block.path, title, path, address, transcripts)]

    def _noted(self, block: Block) -> list[Piece]:
        """Activities that there are not: what they ask stays to be read."""
        about, reason, lost = NOTED[block.tag]
        made = self._markup(prompt_of(block))
        if not made.html:
            self._item(block, "lost", Change(lost))
            return []
        self._item(block, "changed", Change(reason), *made.changes)
        return [Note(about, block.title, made.html)]

    def _annotatable(self, block: Block) -> list[Piece]:
        if block.xml is None:
            self._item(block, "lost", Change("html_empty"))
            return []
        notes = []
        for annotation in block.xml.iter("annotation"):
            title, body = annotation.get("title") or "", annotation.get("body") or ""
            notes.append(f"<p><strong>{html.escape(title or words_of(annotation))}</strong>: {html.escape(body)}</p>")
            annotation.tag = "mark"
            annotation.attrib.clear()
        made = self._markup(inner_markup(block.xml) + "".join(notes))
        changes = [Change("annotations_as_notes", {"count": len(notes)})] if notes else []
        self._done(block, changes + made.changes)
        return [Text(made.html)] if made.html else []

    def _drag_and_drop(self, block: Block) -> list[Piece]:
        """Each thing to drag becomes a drop-down list of places: the same question, by keyboard as well."""
        data = _json(block.settings.get("data"))
        data = data if isinstance(data, dict) else {}
        zones = {
            str(zone.get("uid") or zone.get("title")): _plain(str(zone.get("title") or ""))
            for zone in data.get("zones") or []
            if isinstance(zone, dict)
        }
        names = list(dict.fromkeys(zones.values()))
        things = [thing for thing in data.get("items") or [] if isinstance(thing, dict)]
        if len(names) < 2 or not all(names) or not things:
            self._item(block, "lost", Change("dragging", {"kind": block.tag}))
            return []
        question = str(data.get("question_text") or "")
        picture = str(data.get("targetImg") or "")
        alt = str(data.get("targetImgDescription") or "")
        lead = self._markup(
            f'<p>{question}</p><p><img src="{html.escape(picture)}" alt="{html.escape(alt)}"></p>'
            if picture
            else f"<p>{question}</p>"
        )
        asked: list[Piece] = []
        skipped = 0
        for number, thing in enumerate(things, start=1):
            places = thing.get("zones") or ([thing["zone"]] if thing.get("zone") else [])
            right = {zones[str(place)] for place in places if str(place) in zones}
            label = _plain(str(thing.get("displayName") or thing.get("imageDescription") or ""))
            if len(right) != 1 or not label:
                skipped += 1
                continue
            options = [
                {"id": f"o{place}", "text": name, "correct": name in right} for place, name in enumerate(names, start=1)
            ]
            text = (lead.html if not asked else "") + f"<p><strong>{html.escape(label)}</strong></p>"
            body = {"text": text, "options": options, "feedback": "", "hints": []}
            title = f"{block.title or 'Drag and drop'} ({number})"
            asked.append(Asked(block.path, title, Question("dropdown", body), Decimal(1)))
        if not asked:
            self._item(block, "lost", Change("dragging", {"kind": block.tag}))
            return []
        changes = [Change("dragging_as_lists", {"count": len(asked)}), *lead.changes]
        if skipped:
            changes.append(Change("dragging_part_lost", {"count": skipped}))
        self._done(block, changes)
        return asked

    # Beside the lessons

    def _about(self) -> str:
        about = ""
        for name, text in sorted(self.tree.about.items()):
            path = f"about/{name}.html"
            if not _plain(text) or name in ("title", "entrance_exam_enabled", "entrance_exam_id"):
                continue
            if name == "overview":
                made = self._markup(text)
                about = made.html
                outcome: Outcome = "changed" if made.changes else "kept"
                self.items.append(Item(path, "about", name, outcome, tuple(made.changes)))
            elif name == "short_description":
                self.items.append(Item(path, "about", name, "kept"))
            else:
                self.items.append(Item(path, "about", name, "lost", (Change("about_unused"),)))
        return about

    def _extras(self, sections: list[Section]) -> None:
        for kind, path in self.tree.extras:
            self.items.append(Item(path, kind, path.rsplit("/", 1)[-1], "lost", (Change(f"extra_{kind}"),)))
        if self.tree.grading.formats:
            formats = ", ".join(self.tree.grading.formats)[:200]
            outcome: Outcome = "lost"
            change = Change("grading_kept_out")
            if any(section.is_gate for section in sections):
                change = Change("grading_simplified", {"grade": str(self.tree.grading.passing_grade or "")})
                outcome = "changed"
            self.items.append(Item("policies/grading_policy.json", "grading", formats, outcome, (change,)))


_ADDRESS = re.compile(r"\.\./[0-9a-f-]{36}/")


def _address(lesson: uuid.UUID) -> str:
    """A link from one lesson to another, as seen from the page of a lesson."""
    return f"../{lesson}/"


def _asks_for_opinion(source: str) -> bool:
    """Whether all a piece of HTML does is send the reader's opinion somewhere by script."""
    buttons = re.findall(r"(?i)<button\b[^>]*>", source)
    return bool(buttons) and all(re.search(r"(?i)onclick=\W*send\w*feedback", button) for button in buttons)


def _for_staff(block: Block) -> bool:
    return block.settings.get("visible_to_staff_only", "").lower() == "true"


def _has_dates(block: Block) -> bool:
    return any(block.settings.get(name) for name in ("due", "Due", "start"))


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _json_list(text: str | None) -> list[str]:
    value = _json(text)
    return [str(item) for item in value] if isinstance(value, list) else []


def _youtube(text: str) -> str:
    match = re.search(r"1\.0\d*:([\w-]{5,20})", text)
    return match[1] if match else ""


def _whole(text: str | None) -> int | None:
    return int(text) or None if text and text.isdigit() else None


def _decimal(text: str | None) -> Decimal | None:
    if not text or not re.fullmatch(r"\d{1,3}(\.\d+)?", text):
        return None
    return Decimal(text) or None
