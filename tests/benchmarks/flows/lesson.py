"""Reading a lesson and marking it as done."""

from typing import Any

from tests.benchmarks.load import Visitor, WrongAnswer
from tests.benchmarks.stage import Stage


async def act(visitor: Visitor, path: str) -> None:
    await visitor.get(path)
    await visitor.post(f"{path}done/", {})


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Each learner opens the first lesson and completes it; afterwards every completion must be in the database."""
    from lms.progress.models import ItemProgress

    learners = stage.learners(people)
    item = stage.lessons[0]
    figures = stage.measure(
        [(f"/learn/{enrollment_id}/items/{item.pk}/", cookies) for enrollment_id, cookies in learners], act
    )
    completed = ItemProgress.objects.filter(
        item=item, enrollment__in=[pk for pk, _ in learners], completed_at__isnull=False
    ).count()
    if completed != len(learners) - figures["errors"]:
        raise WrongAnswer(f"{completed} completions on record of {len(learners)} learners")
    return figures
