"""Lessons are open, and their pages report what is studied; what is stored afterwards must be what was sent."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.benchmarks.cpu import descendants
from tests.benchmarks.load import Visitor, WrongAnswer
from tests.benchmarks.stage import Stage

BEATS, EVERY = 10, 3
"""Each page reports so often, after so many seconds: ten times as often as in earnest, in real time, for the server
believes no more than its clock allows."""
TRIES = 60


async def act(visitor: Visitor, ticket: str) -> None:
    """Play a video from its beginning and report it, sending again what was not answered, as the page's script does."""
    kept: list[dict[str, Any]] = []
    for number in range(1, BEATS + 1):
        await asyncio.sleep(EVERY)
        played = {"medium": "7", "start": (number - 1) * EVERY, "end": number * EVERY, "speed": 1}
        kept.append({"number": number, "seconds": EVERY, "played": [played]})
        kept = await _sent(visitor, ticket, kept)
    for _ in range(TRIES):
        if not kept:
            return
        await asyncio.sleep(0.5)
        kept = await _sent(visitor, ticket, kept)


async def _sent(visitor: Visitor, ticket: str, beats: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send; what was not heard yet."""
    try:
        answer = await visitor.post_json("/learn/beats/", {"ticket": ticket, "position": 0.5, "beats": beats})
    except (WrongAnswer, aiohttp.ClientError, TimeoutError):
        return beats
    return [beat for beat in beats if beat["number"] > answer["heard"]]


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """``people`` learners study for half a minute; with ``--chaos`` a web process and Redis are killed meanwhile."""
    from datetime import timedelta

    from django.utils import timezone

    from lms.progress.models import CourseProgress, ItemProgress
    from lms.progress.pages import ticket_for

    item = stage.lessons[0]
    learners = stage.learners(people)
    owners = {enrollment: person for person, enrollment in stage.enrolled.items()}
    begun = timezone.now() - timedelta(minutes=1)
    CourseProgress.objects.bulk_create(
        [CourseProgress(enrollment_id=pk, started_at=begun, last_seen_at=begun) for pk, _ in learners],
        ignore_conflicts=True,
    )
    tickets = [(ticket_for(owners[pk], pk, item.pk, {}), cookies) for pk, cookies in learners]
    with chaos(stage) if stage.options.chaos else _calm() as done:
        figures = stage.measure(tickets, act, concurrency=people)
    kept = dict(
        ItemProgress.objects.filter(item=item, enrollment__in=[pk for pk, _ in learners]).values_list(
            "enrollment", "evidence"
        )
    )
    wrong = [pk for pk, _ in learners if kept.get(pk, {}).get("normal") != {"7": [[0, BEATS * EVERY]]}]
    figures["errors"] += len(wrong)
    acts = max(figures["people"] * BEATS, 1)
    return figures | {
        "chaos": done,
        "wrong_evidence": len(wrong),
        "beats": acts,
        "server_cpu_ms": round(figures["server_cpu_ms"] / BEATS, 2),
        **{name: round(figures[name] / BEATS, 2) for name in ("web_cpu_ms", "database_cpu_ms", "redis_cpu_ms")},
    }


@contextmanager
def _calm() -> Iterator[list[str]]:
    yield []


@contextmanager
def chaos(stage: Stage) -> Iterator[list[str]]:
    """Kill a web process in the middle, and the Redis of sessions and cache, which comes back empty."""
    from tests.services.redis import redis

    done: list[str] = []
    is_over = threading.Event()
    port = urlsplit(os.environ["CACHE_URL"]).port

    def strike() -> None:
        # The people who warm the server up study first.
        time.sleep(1.5 * BEATS * EVERY)
        os.kill(descendants(stage.web.pid)[0], signal.SIGKILL)
        done.append("web process killed")
        for pid in descendants(os.getpid(), "redis-server"):
            if str(port).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        time.sleep(2)
        with redis(Path(stage.folder) / "cache-again", port=port):
            done.append("Redis killed and started again, empty")
            is_over.wait()

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield done
    finally:
        is_over.set()
        thread.join()
