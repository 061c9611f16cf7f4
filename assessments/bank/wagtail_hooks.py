"""What the question bank adds to the CMS."""

from typing import Any

from wagtail import hooks

from assessments.bank.choosers import question_chooser


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_questions() -> list[Any]:
    """The question chooser."""
    return [question_chooser]
