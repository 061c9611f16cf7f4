"""Interactive content as a lesson block."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.h5p.choosers import content_chooser
from courses.h5p.rules import Completion

ContentChooserBlock = content_chooser.get_block_class(name="ContentChooserBlock", module_path="courses.h5p.blocks")


class H5PBlock(blocks.StructBlock):  # type: ignore[misc]
    """Content made with H5P, and when it is complete."""

    h5p = ContentChooserBlock(label=_("Interactive content"))
    completion = blocks.ChoiceBlock(
        choices=[
            (Completion.VIEWED.value, _("when it was opened")),
            (Completion.COMPLETED.value, _("when the learner finishes it")),
            (Completion.SCORE.value, _("when the learner reaches a score")),
        ],
        default=Completion.COMPLETED.value,
        label=_("Complete"),
        help_text=_(
            "Cards, accordions and other content to look at never say that they are finished: take “opened” for them."
        ),
    )
    passing_grade = blocks.IntegerBlock(
        required=False,
        min_value=1,
        max_value=100,
        default=70,
        label=_("Score to reach, of 100"),
        help_text=_(
            "The learner's browser tells the score, so that it suits practice. What a certificate hangs on is better"
            " asked by a quiz."
        ),
    )
    is_required = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_("Must be complete"),
        help_text=_("The lesson can only be finished after that."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["completion"] == Completion.SCORE and not cleaned["passing_grade"]:
            raise blocks.StructBlockValidationError(
                {"passing_grade": ValidationError(_("Say which score is to be reached."))}
            )
        return cleaned

    class Meta:
        icon = "media"
        label = _("Interactive content")
