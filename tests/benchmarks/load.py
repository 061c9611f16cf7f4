"""Distinct people doing one thing over HTTP, a fixed number of them at once."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

Who = TypeVar("Who")


@dataclass(slots=True)
class Visitor:
    """One person's browser: her cookies, and the requests she makes."""

    site: str
    session: aiohttp.ClientSession
    cookies: dict[str, str]
    requests: int = 0
    location: str = ""
    """Where the last answer sent her."""

    async def get(self, path: str, *, expect: int = 200) -> str:
        """Fetch a page; anything but ``expect`` is an error."""
        return await self._ask("GET", path, expect, None)

    async def post(self, path: str, fields: dict[str, Any], *, expect: int = 302, accept: str = "text/html") -> str:
        """Send a form with the person's CSRF token."""
        return await self._ask("POST", path, expect, fields, accept)

    async def post_json(self, path: str, said: dict[str, Any]) -> dict[str, Any]:
        """Send what a page's script says; its answer."""
        answer: dict[str, Any] = json.loads(await self._ask("POST", path, 200, said, "application/json", is_json=True))
        return answer

    async def _ask(
        self,
        method: str,
        path: str,
        expect: int,
        fields: dict[str, Any] | None,
        accept: str = "text/html",
        *,
        is_json: bool = False,
    ) -> str:
        self.requests += 1
        headers = {"Accept": accept, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
            headers["Referer"] = self.site
        body: dict[str, Any] = {"json": fields} if is_json else {"data": fields}
        async with self.session.request(
            method, self.site + path, headers=headers, allow_redirects=False, **body
        ) as answer:
            text = await answer.text()
            for name, morsel in answer.cookies.items():
                self.cookies[name] = morsel.value
            self.location = answer.headers.get("Location", "")
            if answer.status != expect:
                raise WrongAnswer(f"{method} {path}: {answer.status} instead of {expect}")
            return text


class WrongAnswer(Exception):
    """The server answered something else than the flow expects."""


@dataclass(slots=True)
class Run:
    """What a bounded run gave: the seconds of each success, the errors, and the wall clock."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: int = 0
    wall: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which ``share`` (0-1) of the successes were answered."""
        return percentile(self.seconds, share)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds within which ``share`` (0-1) of ``seconds`` lie."""
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 2) if ordered else 0.0


async def _drive(
    site: str,
    people: Sequence[tuple[Who, dict[str, str]]],
    act: Callable[[Visitor, Who], Awaitable[None]],
    concurrency: int,
) -> Run:
    run = Run()
    waiting = iter(people)

    async def worker(session: aiohttp.ClientSession) -> None:
        for who, cookies in waiting:
            visitor = Visitor(site, session, dict(cookies))
            started = time.perf_counter()
            try:
                await act(visitor, who)
            except (WrongAnswer, aiohttp.ClientError, TimeoutError) as error:
                run.errors.append(str(error) or type(error).__name__)
            else:
                run.seconds.append(time.perf_counter() - started)
            run.requests += visitor.requests

    connector = aiohttp.TCPConnector(limit=concurrency)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        started = time.perf_counter()
        await asyncio.gather(*(worker(session) for _ in range(concurrency)))
        run.wall = time.perf_counter() - started
    return run


def drive(
    site: str,
    people: Sequence[tuple[Who, dict[str, str]]],
    act: Callable[[Visitor, Who], Awaitable[None]],
    *,
    concurrency: int = 16,
) -> Run:
    """Let each of ``people`` (with her cookies) do ``act`` once, ``concurrency`` at a time, and time it."""
    return asyncio.run(_drive(site, people, act, concurrency))
