"""What the question bank adds to the CMS."""

from typing import Any

from wagtail import hooks

from assessments.bank.choosers import question_chooser
from assessments.bank.viewsets import question_viewset


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_questions() -> list[Any]:
    """Choosing and editing questions."""
    return [question_chooser, question_viewset]
