"""Writing questions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.bank.errors import InvalidQuestion
from assessments.bank.kinds import clean, kinds
from assessments.bank.models import Question, QuestionVersion

if TYPE_CHECKING:
    from courses.catalog.models import Course


@transaction.atomic
def save_question(
    kind: str,
    title: str,
    body: Mapping[str, Any],
    course: "Course | None" = None,
    question: Question | None = None,
) -> Question:
    """Make a question, or give an existing one a new version when its body changed.

    A version is never changed: attempts keep pointing at what their learners saw. Raises ``InvalidQuestion``.
    """
    if kind not in kinds:
        raise InvalidQuestion({"kind": _("There is no kind of question called “%(kind)s”.") % {"kind": kind}})
    cleaned = clean(kind, body)
    if question is None:
        question = Question.objects.create(kind=kind, title=title[:200], course=course)
        return _add_version(question, 1, cleaned)
    question = Question.objects.select_for_update(of=("self",)).select_related("current").get(pk=question.pk)
    if question.kind != kind:
        raise InvalidQuestion({"kind": _("A question keeps its kind; make a new one instead.")})
    question.title, question.course = title[:200], course
    current = question.current
    if current is not None and current.body == cleaned:
        question.save(update_fields=["title", "course"])
        return question
    return _add_version(question, current.number + 1 if current else 1, cleaned)


def _add_version(question: Question, number: int, body: dict[str, Any]) -> Question:
    question.current = QuestionVersion.objects.create(question=question, number=number, body=body)
    question.save(update_fields=["title", "course", "current"])
    return question
