"""A quiz from start to review: twenty answers, each saved by itself."""

import re
from typing import Any

from tests.benchmarks.load import Visitor, WrongAnswer
from tests.benchmarks.stage import QUESTIONS, Stage

VERSION = re.compile(r'data-question="(\d+)"')
RADIO = re.compile(r'<input type="radio" name="([^"]+)" value="([^"]+)"')


async def act(visitor: Visitor, path: str) -> None:
    await visitor.post(path, {})
    attempt = visitor.location
    page = await visitor.get(attempt)
    answers = dict(RADIO.findall(page))
    versions = VERSION.findall(page)
    if not len(answers) == len(versions) == QUESTIONS:
        raise WrongAnswer(f"{len(answers)} questions instead of {QUESTIONS}")
    for version, (name, value) in zip(versions, answers.items(), strict=True):
        fields = {"question": version, name: value}
        await visitor.post(f"{attempt}save/", fields, expect=200, accept="application/json")
    await visitor.post(f"{attempt}submit/", {})
    await visitor.get(f"{attempt}review/")


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Each learner takes the test once; afterwards every attempt must be submitted with all its answers."""
    from assessments.quizzes.models import Attempt, Response

    learners = stage.learners(people)
    item = stage.quiz
    figures = stage.measure(
        [(f"/quizzes/{enrollment_id}/{item.pk}/", cookies) for enrollment_id, cookies in learners], act
    )
    submitted = Attempt.objects.filter(item=item, state=Attempt.State.SUBMITTED)
    answers = Response.objects.filter(attempt__in=submitted, answer__isnull=False).count()
    if not figures["errors"] and (submitted.count(), answers) != (people, people * QUESTIONS):
        raise WrongAnswer(f"{submitted.count()} attempts and {answers} answers on record of {people} learners")
    return figures
