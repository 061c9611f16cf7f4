"""A question as a lesson block."""

from assessments.bank.choosers import TitleFilterForm, question_chooser

__all__ = ["QuestionChooserBlock", "TitleFilterForm"]

QuestionChooserBlock = question_chooser.get_block_class(
    name="QuestionChooserBlock", module_path="assessments.bank.blocks"
)
