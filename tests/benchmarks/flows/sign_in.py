"""Signing in: the form, the password, the first page."""

from typing import Any

from tests.benchmarks.load import CSRF, Visitor
from tests.benchmarks.stage import PASSWORD, Stage


async def act(visitor: Visitor, email: str) -> None:
    page = await visitor.get("/accounts/login/")
    token = CSRF.search(page)
    fields = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1] if token else ""}
    await visitor.post("/accounts/login/", fields)


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Each person signs in once with her own e-mail."""
    return stage.measure([(email, {}) for email in stage.emails(people)], act)
