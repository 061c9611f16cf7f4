"""What quizzes add to the CMS."""

from typing import Any

from wagtail import hooks

from assessments.quizzes.choosers import quiz_chooser


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_quizzes() -> list[Any]:
    """The quiz chooser."""
    return [quiz_chooser]
