"""From a problem's XML to questions as ``assessments.bank`` keeps them."""

import ast
import copy
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from courses.transfer.formats.findings import Change
from courses.transfer.formats.olx.markup import Markup
from courses.transfer.formats.olx.scripts import Constants, number_of
from courses.transfer.formats.olx.xmltext import inner_markup, words_of

INPUTS = {
    *("choicegroup", "checkboxgroup", "radiogroup", "optioninput", "textline", "formulaequationinput", "responseparam"),
    *("additional_answer", "stringequalhint", "numericalhint", "formulahint", "stringhint", "hintgroup", "hint"),
    *("compoundhint", "correcthint", "regexphint", "meta", "annotationinput", "textbox", "codeparam"),
}
"""What a problem's text leaves out: where the answer goes, and the key."""
ASIDE = {"solution", "demandhint", "solutionset", "targetedfeedbackset"}
DEFAULT_TOLERANCE = "0.001%"
"""Open edX's own, where a number's author gave none."""

Html = Callable[[str], Markup]


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the shape of ``save_question``."""

    kind: str
    body: dict[str, Any]


@dataclass
class Converted:
    """What became of a problem: questions, or text to read, or nothing and why."""

    questions: list[Question] = field(default_factory=list)
    text: str = ""
    changes: list[Change] = field(default_factory=list)
    lost: Change | None = None


class _NotAsked(Exception):
    """A part of a problem that has no counterpart."""

    def __init__(self, code: str, **values: Any) -> None:
        self.change = Change(code, values)
        super().__init__(code)


def convert_problem(xml: etree._Element, name: str, to_html: Html) -> Converted:
    """The problem's questions in their order, each with the text that leads to it."""
    return _Problem(xml, name, to_html).convert()


class _Problem:
    def __init__(self, xml: etree._Element, name: str, to_html: Html) -> None:
        self.xml = copy.deepcopy(xml)
        self.to_html = to_html
        self.constants = Constants(name)
        self.changes: list[Change] = []

    def note(self, code: str, **values: Any) -> None:
        change = Change(code, values)
        if change not in self.changes:
            self.changes.append(change)

    def html(self, markup: str) -> str:
        made = self.to_html(markup)
        for change in made.changes:
            if change not in self.changes:
                self.changes.append(change)
        return made.html

    def convert(self) -> Converted:
        scripted = self._scripts()
        missing = self.constants.fill(self.xml) if self.constants.values or scripted else set()
        parts = list(_parts(self.xml))
        if not parts:
            text = self.html("".join(_texts(self.xml)))
            if not text:
                return Converted(changes=self.changes, lost=Change("problem_empty"))
            self.note("problem_without_question")
            return Converted(text=text, changes=self.changes)
        if missing:
            lost = Change("script_values", {"names": ", ".join(sorted(missing))[:100]})
            return Converted(changes=self.changes, lost=lost)
        result = self._questions(parts)
        if self.constants.has_random and result.questions:
            values = {key: value for key, value in self.constants.values.items() if isinstance(value, int | float)}
            shown = ", ".join(f"{key} = {value}" for key, value in list(values.items())[:6])
            self.note("random_fixed", values=shown)
        return result

    def _scripts(self) -> bool:
        found = False
        for script in list(self.xml.iter("script")):
            source = script.text or ""
            if "javascript" in (script.get("type") or ""):
                self.note("scripts_removed")
            else:
                found = True
                self.constants.read(source)
            tail = script.tail or ""
            parent = script.getparent()
            if parent is not None:
                previous = script.getprevious()
                if previous is not None:
                    previous.tail = (previous.tail or "") + tail
                else:
                    parent.text = (parent.text or "") + tail
                script.tail = None
                parent.remove(script)
        return found

    def _questions(self, parts: list[etree._Element]) -> Converted:
        feedback = "\n".join(self._asides("solution"))
        hints = [hint for hint in self._asides("demandhint/hint") if hint]
        leads = _leads(self.xml, parts)
        questions: list[Question] = []
        refusals: list[Change] = []
        for number, (part, lead) in enumerate(zip(parts, leads, strict=True)):
            try:
                kind, body = self._question(part)
            except _NotAsked as refused:
                refusals.append(refused.change)
                continue
            text = self.html(lead)
            if not text and questions:
                text = questions[-1].body["text"]
            if not text:
                refusals.append(Change("question_without_text"))
                continue
            own = "\n".join(self.html(inner_markup(solution)) for solution in part.iter("solution"))
            shared = feedback if number == len(parts) - 1 and not own else ""
            body |= {"text": text, "feedback": own or shared, "hints": hints}
            questions.append(Question(kind, body))
        if not questions:
            return Converted(changes=self.changes, lost=refusals[0])
        for refusal in refusals:
            self.note("part_lost", part=refusal.code, **refusal.values)
        if len(parts) > 1:
            self.note("problem_split", count=len(questions))
        return Converted(questions, changes=self.changes)

    def _asides(self, path: str) -> list[str]:
        found = [element for element in self.xml.iterfind(f".//{path}") if _response_of(element) is None]
        return [self.html(inner_markup(element)) for element in found]

    # One method for each kind of response

    def _question(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        response = part if str(part.tag).endswith("response") else _response_of(part)
        tag = str(response.tag) if response is not None else ""
        makers: dict[str, Callable[[etree._Element], tuple[str, dict[str, Any]]]] = {
            "multiplechoiceresponse": self._choice,
            "truefalseresponse": self._choice,
            "choiceresponse": self._multiple,
            "optionresponse": self._dropdown,
            "stringresponse": self._text,
            "numericalresponse": self._number,
            "formularesponse": self._formula,
            "symbolicresponse": self._symbolic,
            "annotationresponse": self._annotation,
        }
        if tag not in makers:
            inputs = {str(element.tag) for element in (response if response is not None else part).iter()}
            shown = sorted(inputs & {"jsinput", "schematic", "drag_and_drop_input", "imageinput"})
            raise _NotAsked(_NO_COUNTERPART.get(tag, "response_unknown"), kind=(shown or [tag])[0])
        if response is not None and response.get("partial_credit") and tag != "choiceresponse":
            self.note("partial_credit_dropped")
        if response is not None and (response.find(".//hintgroup") is not None):
            self.note("answer_hints_dropped")
        return makers[tag](part)

    def _choices(self, group: etree._Element) -> list[dict[str, Any]]:
        rows = []
        for number, choice in enumerate(group.iter("choice"), start=1):
            feedback = []
            for hint in choice.findall("choicehint"):
                if (hint.get("selected") or "true").lower() == "false":
                    self.note("unselected_feedback_dropped")
                else:
                    feedback.append(self.html(inner_markup(hint)))
            markup = inner_markup(_without(choice, {"choicehint", "compoundhint"}))
            rows.append(
                {
                    "id": f"c{number}",
                    "html": self.html(markup),
                    "correct": (choice.get("correct") or "").lower() == "true",
                    "feedback": "\n".join(feedback),
                }
            )
            if (choice.get("correct") or "").lower() == "partial":
                self.note("partial_credit_dropped")
        if group.find(".//compoundhint") is not None:
            self.note("combined_feedback_dropped")
        if len(rows) < 2:
            raise _NotAsked("too_few_choices")
        if not all(row["html"] for row in rows):
            raise _NotAsked("choice_empty")
        return rows

    def _choice(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        rows = self._choices(part)
        right = sum(row["correct"] for row in rows)
        if right != 1:
            raise _NotAsked("no_right_answer" if not right else "several_right_answers")
        if self.xml.find(".//targetedfeedbackset") is not None:
            self.note("targeted_feedback_dropped")
        return "choice", {"choices": rows}

    def _multiple(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        rows = self._choices(part)
        if not any(row["correct"] for row in rows):
            raise _NotAsked("no_right_answer")
        partial = bool(part.get("partial_credit"))
        if partial:
            self.note("partial_credit_changed")
        return "multiple", {"choices": rows, "partial": partial}

    def _dropdown(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        rows: list[tuple[str, bool]] = []
        given = part.get("options")
        if given:
            right = (part.get("correct") or "").strip()
            rows = [(text, text.strip() == right) for text in _option_list(given)]
        for option in part.iter("option"):
            if option.find("optionhint") is not None:
                self.note("option_feedback_dropped")
            words = words_of(_without(option, {"optionhint"}))
            rows.append((words, (option.get("correct") or "").lower() == "true"))
        if len(rows) < 2:
            raise _NotAsked("too_few_choices")
        if sum(correct for _text, correct in rows) != 1:
            raise _NotAsked("no_right_answer")
        options = [{"id": f"o{n}", "text": text, "correct": correct} for n, (text, correct) in enumerate(rows, start=1)]
        return "dropdown", {"options": options}

    def _text(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        types = (part.get("type") or "").split()
        answers = [part.get("answer") or ""]
        if "regexp" not in types:
            answers = [piece for answer in answers for piece in answer.split("_or_")]
        for extra in part.iter("additional_answer"):
            answers.append(extra.get("answer") or words_of(extra))
        if part.find(".//stringequalhint") is not None or part.find(".//correcthint") is not None:
            self.note("answer_feedback_dropped")
        answers = [answer.strip() for answer in answers if answer.strip()]
        if not answers:
            raise _NotAsked("no_right_answer")
        body: dict[str, Any] = {"ignore_case": "ci" in types, "answers": [], "patterns": []}
        body["patterns" if "regexp" in types else "answers"] = answers
        return "text", body

    def _number(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        answer = (part.get("answer") or "").strip()
        if part.find(".//additional_answer") is not None:
            self.note("other_answers_dropped")
        if part.find(".//correcthint") is not None:
            self.note("answer_feedback_dropped")
        match = re.fullmatch(r"([\[(])\s*(.+?)\s*,\s*(.+?)\s*([\])])", answer)
        if match:
            ends = [number_of(match[2]), number_of(match[3])]
            if None in ends:
                raise _NotAsked("answer_unreadable", answer=answer[:60])
            return "number", {"range": f"{match[1]}{_decimal(match[2])};{_decimal(match[3])}{match[4]}"}
        if number_of(answer) is None:
            raise _NotAsked("answer_unreadable", answer=answer[:60])
        return "number", {"answer": _decimal(answer), "tolerance": self._tolerance(part)}

    def _tolerance(self, part: etree._Element) -> str:
        for parameter in part.iter("responseparam"):
            given = (parameter.get("default") or "").replace(" ", "")
            if (parameter.get("type") or "tolerance") != "tolerance" or not given:
                continue
            value = number_of(given.rstrip("%"))
            if value is not None and value >= 0:
                return _decimal(given.rstrip("%")) + ("%" if given.endswith("%") else "")
        return DEFAULT_TOLERANCE

    def _formula(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        answer = (part.get("answer") or "").strip()
        samples, count = _samples(part.get("samples") or "")
        if not answer or samples is None:
            raise _NotAsked("answer_unreadable", answer=(part.get("samples") or answer)[:60])
        return "formula", {"answer": answer, "samples": samples, "count": count, "tolerance": self._tolerance(part)}

    def _symbolic(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        answer = (part.get("answer") or "").strip()
        if part.get("options") or part.get("cfn") or "[" in answer or not answer:
            raise _NotAsked("symbolic_math")
        if number_of(answer) is None:
            raise _NotAsked("symbolic_math")
        self.note("symbolic_as_number")
        return "number", {"answer": _decimal(answer), "tolerance": DEFAULT_TOLERANCE}

    def _annotation(self, part: etree._Element) -> tuple[str, dict[str, Any]]:
        rows = [
            {
                "id": f"c{number}",
                "html": html.escape(words_of(option)),
                "correct": option.get("choice") == "correct",
                "feedback": "",
            }
            for number, option in enumerate(part.iter("option"), start=1)
        ]
        if len(rows) < 2 or sum(bool(row["correct"]) for row in rows) != 1:
            raise _NotAsked("no_right_answer")
        self.note("annotation_as_choice")
        return "choice", {"choices": rows}


_NO_COUNTERPART = {
    "customresponse": "marked_by_script",
    "coderesponse": "marked_by_script",
    "externalresponse": "marked_by_script",
    "schematicresponse": "drawn_answer",
    "imageresponse": "clicked_answer",
    "javascriptresponse": "marked_by_script",
}


def _parts(root: etree._Element) -> Iterator[etree._Element]:
    """Where something is answered, in order: each response, and each list of an option response."""
    for element in root.iter():
        tag = str(element.tag)
        if not tag.endswith("response"):
            continue
        lists = element.findall(".//optioninput") if tag == "optionresponse" else []
        yield from lists or [element]


def _response_of(element: etree._Element) -> etree._Element | None:
    return next((parent for parent in element.iterancestors() if str(parent.tag).endswith("response")), None)


def _leads(root: etree._Element, parts: list[etree._Element]) -> list[str]:
    """The text that leads to each part; what follows the last goes with the last."""
    leads = []
    buffer: list[str] = []
    wanted = {id(part): part for part in parts}
    for piece in _walk(root, wanted):
        if isinstance(piece, str):
            buffer.append(piece)
            continue
        row = next((parent for parent in piece.iterancestors("tr")), None)
        if row is not None:
            leads.append("".join(buffer) + _row_lead(piece, row))
        else:
            leads.append("".join(buffer))
        buffer = []
    if leads and "".join(buffer).strip():
        leads[-1] += "".join(buffer)
    return leads


def _walk(element: etree._Element, wanted: dict[int, etree._Element]) -> Iterator[str | etree._Element]:
    """Markup and parts in reading order. A table that holds parts is taken apart: each part brings its row's words."""
    if id(element) in wanted and not str(element.tag).endswith("response"):
        yield element
        return
    in_table = element.tag in ("table", "tbody", "thead", "tr", "td", "th") and _holds(element, wanted)
    if not in_table:
        yield html.escape(element.text or "", quote=False)
    for child in element:
        if id(child) in wanted or _holds(child, wanted):
            yield from _walk(child, wanted)
        elif not in_table:
            yield "".join(_texts(child, whole=True))
        if not in_table:
            yield html.escape(child.tail or "", quote=False)
    if id(element) in wanted:
        yield element


def _holds(element: etree._Element, wanted: dict[int, etree._Element]) -> bool:
    return any(id(inner) in wanted for inner in element.iterdescendants())


def _texts(element: etree._Element, *, whole: bool = False) -> Iterator[str]:
    """The markup of an element without answer fields, keys and solutions."""
    if whole:
        if element.tag in INPUTS | ASIDE:
            if element.tag == "annotationinput":
                for child in element:
                    if child.tag != "options":
                        yield f"<p>{html.escape(words_of(child))}</p>"
            return
        kept = _without(element, INPUTS | ASIDE)
        if kept.tag in ("label", "description"):
            kept.tag = "p"
        kept.tail = None
        yield etree.tostring(kept, encoding="unicode", method="html")
        return
    yield html.escape(element.text or "", quote=False)
    for child in element:
        yield from _texts(child, whole=True)
        yield html.escape(child.tail or "", quote=False)


def _row_lead(part: etree._Element, row: etree._Element) -> str:
    """The words of the row and of the column in which a part stands."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    own = next((place for place, cell in enumerate(cells) if part in cell.iterdescendants() or part is cell), 0)
    first = words_of(_without(cells[0], INPUTS | ASIDE)) if cells and own else ""
    table = next(row.iterancestors("table"), None)
    rows = list(table.iter("tr")) if table is not None else []
    headings = [cell for cell in rows[0] if cell.tag in ("td", "th")] if rows and rows[0] is not row else []
    column = words_of(headings[own]) if own < len(headings) else ""
    return "".join(f"<p>{html.escape(text)}</p>" for text in (first, column) if text)


def _without(element: etree._Element, tags: set[str]) -> etree._Element:
    kept = copy.deepcopy(element)
    for inner in list(kept.iterdescendants()):
        if inner.tag in ("label", "description"):
            inner.tag = "p"
        if inner.tag in tags:
            parent, previous = inner.getparent(), inner.getprevious()
            if parent is None:
                continue
            if previous is not None:
                previous.tail = (previous.tail or "") + (inner.tail or "")
            else:
                parent.text = (parent.text or "") + (inner.tail or "")
            inner.tail = None
            parent.remove(inner)
    return kept


def _option_list(text: str) -> list[str]:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = [piece.strip().strip("'\"") for piece in text.strip().strip("()").split(",")]
    if isinstance(value, str):
        value = [value]
    return [str(item).strip() for item in value if str(item).strip()]


def _samples(text: str) -> tuple[dict[str, list[float]] | None, int]:
    """``x,y@0,0:5,5#10``: names, lowest values, highest values, how many points."""
    names_text, _at, rest = text.replace(" ", "").partition("@")
    ranges, _hash, count = rest.partition("#")
    low_text, _colon, high_text = ranges.partition(":")
    names = [name for name in names_text.split(",") if name]
    lows = [number_of(value) for value in low_text.split(",")] if names else []
    highs = [number_of(value) for value in high_text.split(",")] if names else []
    if not len(names) == len(lows) == len(highs):
        return None, 0
    samples = {}
    for name, low, high in zip(names, lows, highs, strict=True):
        if low is None or high is None:
            return None, 0
        samples[name] = [min(low, high), max(low, high)]
    return samples, min(int(count), 100) if count.isdigit() and int(count) else 10


def _decimal(text: str) -> str:
    """The number as written where it is plain, else what the expression gives."""
    try:
        return format(Decimal(text.strip()), "f")
    except InvalidOperation:
        return format(Decimal(f"{number_of(text):.12g}"), "f")
