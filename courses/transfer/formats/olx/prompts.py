"""What an activity says to its learners, as HTML, where the activity itself cannot come along."""

import html
import json
from typing import Any

from courses.transfer.formats.olx.tree import Block


def prompt_of(block: Block) -> str:
    """The text of a poll, an assignment or an external tool; empty when it has none."""
    settings = block.settings
    if block.tag == "poll":
        return _text(settings.get("question")) + _list(_labels(settings.get("answers")))
    if block.tag == "survey":
        return _list(_labels(settings.get("questions"))) + _paragraph(" / ".join(_labels(settings.get("answers"))))
    if block.tag == "word_cloud":
        return _text(settings.get("instructions") or settings.get("display_name"))
    if block.tag == "staffgradedxblock":
        return _text(settings.get("instructions"))
    if block.tag == "openassessment":
        return _assignment(block)
    return _paragraph(block.title) + _text(settings.get("description"))


def _assignment(block: Block) -> str:
    if block.xml is None:
        return ""
    prompts = [text for prompt in block.xml.iter("prompt") for text in (prompt.findtext("description"), prompt.text)]
    return "".join(_text(text) for text in prompts)


def _labels(text: str | None) -> list[str]:
    """What stands in a list of pairs of a key and a label, or of a key and a label with a picture."""
    try:
        pairs: Any = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    labels = [pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2] if isinstance(pairs, list) else []
    shown = [label.get("label") if isinstance(label, dict) else label for label in labels]
    return [label for label in shown if isinstance(label, str) and label.strip()]


def _text(text: str | None) -> str:
    """Text that may be HTML already, or lines."""
    text = (text or "").strip()
    if "<" in text:
        return text
    return "".join(_paragraph(line) for line in text.split("\n"))


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>" if text.strip() else ""


def _list(texts: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</ul>" if texts else ""
