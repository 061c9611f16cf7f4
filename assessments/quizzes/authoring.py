"""How teachers put quizzes together."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput

from assessments.bank.blocks import QuestionChooserBlock
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import save_quiz


def questions_block() -> blocks.ListBlock:
    """The questions of a quiz in their order, each with its points."""
    place = blocks.StructBlock(
        [
            ("question", QuestionChooserBlock(label=_("Question"))),
            (
                "points",
                blocks.DecimalBlock(label=_("Points"), default=1, min_value=0, max_digits=6, decimal_places=2),
            ),
        ]
    )
    return blocks.ListBlock(place, label=_("Questions"), default=[])


class QuizForm(forms.ModelForm):  # type: ignore[type-arg]
    """A quiz with its questions. Attempts under way keep their papers."""

    class Meta:
        model = Quiz
        fields = (
            "title",
            "course",
            "instructions",
            "passing_grade",
            "attempts_allowed",
            "minutes",
            "shuffle",
            "feedback",
        )
        widgets: ClassVar[dict[str, Any]] = {"instructions": AdminAutoHeightTextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block = questions_block()
        self.fields["questions"] = blocks.BlockField(block=block, label=_("Questions"), required=False)
        places = self.instance.places.select_related("question") if self.instance.pk else ()
        self.initial["questions"] = block.normalize(
            [{"question": place.question, "points": place.points} for place in places]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        questions = [place["question"] for place in cleaned.get("questions") or ()]
        if len({question.pk for question in questions}) < len(questions):
            self.add_error(None, _("A question stands in this quiz twice."))
        return cleaned

    def save(self, commit: bool = True) -> Quiz:
        """Write through the service, the only writer of quizzes."""
        done = dict(self.cleaned_data)
        places = [(place["question"], place["points"]) for place in done.pop("questions") or ()]
        return save_quiz(done.pop("title"), places, quiz=self.instance, **done)
