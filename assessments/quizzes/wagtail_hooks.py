"""What quizzes add to the CMS."""

from typing import Any

from wagtail import hooks

from assessments.quizzes.choosers import quiz_chooser
from assessments.quizzes.viewsets import quiz_viewset


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_quizzes() -> list[Any]:
    """Choosing and editing quizzes."""
    return [quiz_chooser, quiz_viewset]
