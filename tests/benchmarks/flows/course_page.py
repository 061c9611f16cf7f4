"""The landing page of a course, read by somebody signed in."""

from typing import Any

from tests.benchmarks.load import Visitor
from tests.benchmarks.stage import Stage


async def act(visitor: Visitor, path: str) -> None:
    await visitor.get(path)


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Each person reads the page once."""
    path = f"/courses/{stage.course.slug}/"
    return stage.measure([(path, cookies) for _, cookies in stage.signed_in(people)], act)
