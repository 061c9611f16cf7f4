"""The rush: distinct signed-in people press *Enroll* on one run in the same minutes, and every place must be exact.

The client is lean, so that the machine's time goes to the server: a request is prepared in bytes for each person, and
connections are kept. It does what the page's script does: it tries again when it is queued, the server is busy, or the
line is lost.
"""

import asyncio
import heapq
import json
import os
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.cpu import descendants, servers_cpu_ms
from tests.benchmarks.load import percentile
from tests.benchmarks.stage import WARM_UP, Stage

TRIES = 400
SLOWEST = 30
"""Seconds after which a request is taken as lost, as the page does."""


@dataclass(slots=True)
class Clicks:
    """What the clicks came to: the last answer of each person, seconds from her first click, and what went wrong."""

    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: int = 0
    queued: int = 0
    busy: int = 0
    lost: int = 0
    wall: float = 0.0


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Let ``people`` click, with ``--chaos`` while servers are killed, and count what is in the database then."""
    from django.db import connection

    from lms.enrollment.models import Enrollment

    options = stage.options
    run = stage.hot_run(options.seats)
    requests = stage.prepared(f"/runs/{run.pk}/enroll/", people)
    warm, rest = dict(list(requests.items())[:WARM_UP]), dict(list(requests.items())[WARM_UP:])
    with ExitStack() as up:
        chaos = up.enter_context(Chaos(stage)) if options.chaos else None
        # The first requests of a process fill its caches; they are part of no measurement, but of the outcome.
        first = asyncio.run(_rush(stage.site, warm, 16, None))
        before = servers_cpu_ms()
        clicks = asyncio.run(_rush(stage.site, rest, options.connections, chaos))
        spent = servers_cpu_ms() - before
    # The crash of the database has cut off this process, too.
    connection.close()
    wrong = check(run.pk, options.seats, first.answers | clicks.answers, people)
    acts = max(len(clicks.seconds), 1)
    places = Enrollment.objects.filter(run=run)
    seated = places.filter(status=Enrollment.Status.SEATED).count()
    waiting = places.filter(status=Enrollment.Status.WAITING).count()
    return {
        "people": people,
        "seats": options.seats,
        "connections": options.connections,
        "chaos": chaos.done if chaos else [],
        "seated": seated,
        "waiting": waiting,
        "errors": len(first.errors + clicks.errors + wrong),
        "first_errors": (first.errors + clicks.errors + wrong)[:3],
        "oversold": max(seated - options.seats, 0),
        "requests": clicks.requests,
        "queued": clicks.queued,
        "busy": clicks.busy,
        "lost": clicks.lost,
        "per_second": round(len(clicks.seconds) / clicks.wall, 1),
        "p50_ms": percentile(clicks.seconds, 0.50),
        "p95_ms": percentile(clicks.seconds, 0.95),
        "p99_ms": percentile(clicks.seconds, 0.99),
        "server_cpu_ms": round(spent.total() / acts, 2),
        **{f"{part}_cpu_ms": round(spent[part] / acts, 2) for part in ("web", "database", "redis")},
    }


def check(run_id: int, seats: int, answers: dict[int, dict[str, Any]], people: int) -> list[str]:
    """What is wrong with the outcome, in the database and in what people were told; nothing, if all is exact."""
    from lms.enrollment.models import Enrollment, RunSeats

    places = list(Enrollment.objects.filter(run=run_id).order_by("arrival"))
    status = [place.status for place in places]
    # Counted here, in one pass: the product counts for each of those on a page.
    line = (place.pk for place in places if place.status == Enrollment.Status.WAITING)
    numbers = {pk: number for number, pk in enumerate(line, start=1)}
    told = {place.person_id: numbers.get(place.pk, 0) for place in places}
    seating = RunSeats.objects.get(run=run_id)
    full = min(seats, people)
    checks = {
        "somebody has no place": len(places) == people,
        "somebody has two places": len(told) == len(places),
        "arrivals have a gap": [place.arrival for place in places] == list(range(1, len(places) + 1)),
        "not the first have the seats": status == ["seated"] * full + ["waiting"] * (people - full),
        "somebody who should wait does not": len(numbers) == people - full,
        "the counters are not what was counted": (seating.taken, seating.held, seating.waiting, seating.arrivals)
        == (full, 0, people - full, people),
        "somebody arrived before the number before her": all(
            one.created_at <= other.created_at for one, other in pairwise(places)
        ),
        "somebody was told another number than hers": {pk: answer["number"] for pk, answer in answers.items()} == told,
    }
    return [text for text, holds in checks.items() if not holds]


class Chaos:
    """Kills a web process, a worker and the database once each, in the middle of the clicks."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.done: list[str] = []
        self._up = ExitStack()

    def __enter__(self) -> "Chaos":
        from tests.services.worker import worker

        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings.local"}
        self.worker = self._up.enter_context(worker(Path(self.stage.folder) / "worker.log", environment, app="lms"))
        return self

    def __exit__(self, *_: object) -> None:
        self._up.close()

    def strike(self, share: float) -> None:
        """Do what is due when so large a share of the people has been answered."""
        for name, at, act in (
            ("web process killed", 0.25, self._kill_web),
            ("worker killed", 0.40, self._kill_worker),
            ("database crashed", 0.55, self._crash_database),
        ):
            if share >= at and name not in self.done:
                act()
                self.done.append(name)

    def _kill_web(self) -> None:
        os.kill(descendants(self.stage.web.pid)[0], signal.SIGKILL)

    def _kill_worker(self) -> None:
        from tests.services.worker import kill

        kill(self.worker)

    def _crash_database(self) -> None:
        """Kill the checkpointer: the server throws everybody out, recovers from its log and starts again."""
        for pid in descendants(os.getpid(), "postgres"):
            if b"checkpointer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


async def _rush(site: str, requests: dict[int, tuple[bytes, bytes]], connections: int, chaos: Chaos | None) -> Clicks:
    clicks = Clicks()
    address = urlsplit(site)
    due: list[tuple[float, int]] = [(0.0, pk) for pk in requests]
    began: dict[int, float] = {}
    tickets: dict[int, bytes] = {}
    tries: dict[int, int] = {}
    left = len(requests)

    async def browse() -> None:
        nonlocal left
        line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while left:
            if not due or due[0][0] > time.monotonic():
                await asyncio.sleep(0.02)
                continue
            _, pk = heapq.heappop(due)
            began.setdefault(pk, time.monotonic())
            tries[pk] = tries.get(pk, 0) + 1
            clicks.requests += 1
            head, tail = requests[pk]
            pause = 0.5
            try:
                line = line or await asyncio.open_connection(address.hostname, address.port)
                sent = b"\r\nX-Sent-At: %d" % (time.time() * 1000)
                request = head + tickets.get(pk, b"") + sent + tail
                status, headers, body = await asyncio.wait_for(_ask(line, request), SLOWEST)
            except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
                clicks.lost += 1
                if line:
                    line[1].close()
                line, status, headers, body = None, 0, b"", b""
            if status == 200:
                left -= 1
                clicks.seconds.append(time.monotonic() - began[pk])
                clicks.answers[pk] = json.loads(body)
                if chaos:
                    chaos.strike(len(clicks.seconds) / len(requests))
                continue
            if status == 202:
                clicks.queued += 1
                tickets[pk] = b"; queue=" + headers.partition(b"queue=")[2].partition(b";")[0]
            elif status == 503:
                clicks.busy += 1
            if status in (202, 503):
                pause = json.loads(body)["again_in"]
            if status not in (0, 202, 503) or tries[pk] >= TRIES:
                left -= 1
                clicks.errors.append(f"{pk}: {status} {body[:200].decode(errors='replace')}")
                continue
            heapq.heappush(due, (time.monotonic() + pause, pk))
        if line:
            line[1].close()

    started = time.monotonic()
    await asyncio.gather(*(browse() for _ in range(connections)))
    clicks.wall = time.monotonic() - started
    return clicks


async def _ask(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> tuple[int, bytes, bytes]:
    reader, writer = line
    writer.write(request)
    headers = await reader.readuntil(b"\r\n\r\n")
    length = int(headers.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
    body = await reader.readexactly(length) if length else b""
    return int(headers[9:12]), headers, body
