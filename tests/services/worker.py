"""A background worker of our own, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import server

ROOT = Path(__file__).parents[2]


@contextmanager
def worker(
    log: Path, environment: Mapping[str, str], *, app: str = "lms", queues: str = "prompt"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for these queues, with a clock of its own, from when it is ready; ``log`` is emptied."""
    command = [sys.executable, "-m", "celery", "--app", app, "worker", "--queues", queues, "--concurrency", "1"]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    command += ["--beat", "--schedule", str(log.with_suffix(".beat"))]

    def answers() -> bool:
        return " ready." in log.read_text(errors="replace")

    whole = {**os.environ, **environment}
    with server(command, log=log, answers=answers, seconds=120, cwd=ROOT, environment=whole) as process:
        yield process


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its children as running out of memory or pulling the plug would: without a last word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
