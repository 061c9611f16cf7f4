"""How teachers write questions: fields and lists per kind, never JSON."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.bank.errors import InvalidQuestion
from assessments.bank.kinds import clean, kinds
from assessments.bank.models import Question
from assessments.bank.services import save_question

FEATURES = ["bold", "italic", "ol", "ul", "superscript", "subscript", "code", "link"]
_EDITABLE = re.compile(r"</?(p|b|strong|i|em|ol|ul|li|sup|sub|code|br)\s*/?>")
_TAG = re.compile(r"<[^>]+>")


def _needs_source(value: object) -> bool:
    """Whether some text has markup (a table, a picture) that the simple editor would drop."""
    if isinstance(value, str):
        return any(not _EDITABLE.fullmatch(tag) for tag in _TAG.findall(value))
    if isinstance(value, Mapping):
        return any(_needs_source(part) for part in value.values())
    return isinstance(value, list) and any(_needs_source(part) for part in value)


def body_block(kind: str, body: Mapping[str, Any] | None = None) -> blocks.StructBlock:
    """The fields of a question of ``kind``; texts with rich markup are edited as HTML, so that nothing gets lost."""
    is_source = body is not None and _needs_source(body)

    def html(label: Any, **options: Any) -> Any:
        if is_source:
            return blocks.RawHTMLBlock(label=label, **options)
        return blocks.RichTextBlock(label=label, features=FEATURES, **options)

    fields: list[tuple[str, Any]] = [
        ("text", html(_("Question"), help_text=_("Formulas in LaTeX go between \\( and \\)."))),
        *_answer_fields(kind, html),
        ("feedback", html(_("Explanation"), required=False, help_text=_("Shown when the key may be known."))),
        ("hints", blocks.ListBlock(html(_("Hint")), label=_("Hints"), default=[], help_text=_("Shown in practice."))),
    ]
    return blocks.StructBlock(fields)


def _two(block: blocks.Block) -> list[Any]:
    """What a new question begins with, so that nobody is told at once that something is missing."""
    return [block.get_default(), block.get_default()]


def _answer_fields(kind: str, html: Any) -> list[tuple[str, Any]]:
    right = blocks.BooleanBlock(label=_("This is right"), required=False)
    tolerance = blocks.CharBlock(label=_("Tolerance"), required=False, help_text=_("For example 0.01 or 5%."))
    if kind in ("choice", "multiple"):
        choice = blocks.StructBlock(
            [
                ("html", html(_("Choice"))),
                ("correct", right),
                ("feedback", html(_("Feedback to who picks it"), required=False)),
            ]
        )
        fields: list[tuple[str, Any]] = [
            ("choices", blocks.ListBlock(choice, label=_("Choices"), min_num=2, default=_two(choice)))
        ]
        if kind == "multiple":
            share = blocks.BooleanBlock(label=_("Give part of the points for a partly right answer"), required=False)
            fields.append(("partial", share))
        return fields
    if kind == "dropdown":
        option = blocks.StructBlock([("text", blocks.CharBlock(label=_("Option"), max_length=300)), ("correct", right)])
        return [("options", blocks.ListBlock(option, label=_("Options"), min_num=2, default=_two(option)))]
    if kind == "text":
        any_case = blocks.BooleanBlock(label=_("Capital letters do not matter"), required=False, default=True)
        return [
            ("answers", blocks.ListBlock(blocks.CharBlock(label=_("Answer")), label=_("Right answers"), default=[])),
            ("ignore_case", any_case),
            ("patterns", blocks.ListBlock(blocks.CharBlock(label=_("Pattern")), label=_("Patterns (RE2)"), default=[])),
        ]
    if kind == "number":
        return [
            ("answer", blocks.CharBlock(label=_("Right answer"), required=False)),
            ("tolerance", tolerance),
            (
                "range",
                blocks.CharBlock(
                    label=_("Or a range"), required=False, help_text=_("For example [1;2): 1 is right and 2 is not.")
                ),
            ),
        ]
    variable = blocks.StructBlock(
        [
            ("name", blocks.CharBlock(label=_("Variable"))),
            ("low", blocks.FloatBlock(label=_("Lowest value"))),
            ("high", blocks.FloatBlock(label=_("Highest value"))),
        ]
    )
    return [
        ("answer", blocks.CharBlock(label=_("Right formula"), help_text=_("For example m*c^2."))),
        ("samples", blocks.ListBlock(variable, label=_("Variables"), default=[])),
        ("tolerance", tolerance),
    ]


def to_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as the fields take it."""
    fields = dict(body)
    if isinstance(fields.get("samples"), dict):
        fields["samples"] = [{"name": name, "low": low, "high": high} for name, (low, high) in body["samples"].items()]
    return fields


def _plain(value: Any) -> Any:
    if hasattr(value, "source"):
        return value.source
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | blocks.list_block.ListValue):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, str) else value


def to_body(value: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fields as a body. What the fields do not show is kept from ``old``."""
    body: dict[str, Any] = {**(old or {}), **_plain(value)}
    if isinstance(body.get("samples"), list):
        body["samples"] = {row["name"].strip(): [row["low"], row["high"]] for row in body["samples"]}
    for name in ("choices", "options"):
        known = [row["id"] for row in (old or {}).get(name, ())]
        for row, part in zip(body.get(name, ()), known, strict=False):
            row["id"] = part
    return body


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A question of one kind. Saving makes a new version when something changed."""

    kind = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Question
        fields = ("title", "course")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.current if self.instance.pk else None
        self.old: dict[str, Any] | None = current.body if current else None
        block = body_block(kind, self.old)
        self.initial["kind"] = kind
        self.fields["body"] = blocks.BlockField(block=block, label=kinds[kind].label)
        self.initial["body"] = block.get_default() if self.old is None else block.to_python(to_fields(self.old))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "body" in cleaned:
            cleaned["body"] = to_body(cleaned["body"], self.old)
            try:
                clean(cleaned["kind"], cleaned["body"])
            except InvalidQuestion as refused:
                for message in refused.errors.values():
                    self.add_error(None, str(message))
        return cleaned

    def save(self, commit: bool = True) -> Question:
        """Write through the service, the only writer of questions."""
        done = self.cleaned_data
        question = self.instance if self.instance.pk else None
        saved = save_question(done["kind"], done["title"], done["body"], course=done["course"], question=question)
        self.instance = saved
        return saved
