"""Keeps a group of processes running, and takes all of them along when it goes."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

PR_SET_PDEATHSIG = 1
PATIENCE = 15.0
"""Seconds that a process is given to finish what it is at."""
LONGEST_PAUSE = 30.0


def _begin(nice: int) -> None:
    """Ask Linux to end this process when the supervisor is gone, however that happened; and let others go first."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.nice(nice)


@dataclass
class Service:
    """A process to keep running. Those of a later ``stage`` may need those of an earlier one, and are stopped first.

    The higher ``nice``, the more it leaves the processor to others.
    """

    name: str
    command: Sequence[str]
    stage: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    not_before: float = 0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which stops everybody in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(_begin, self.nice),
        )
        self.started_at = time.monotonic()

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """Starts services stage by stage, starts again what crashed, and stops all of them in the opposite order."""

    def __init__(self, services: Sequence[Service], say: Callable[[str], None]) -> None:
        self.services = sorted(services, key=lambda service: service.stage)
        self.say = say
        self.stopping = False

    def start(self, stage: int) -> None:
        for service in self.services:
            if service.stage == stage:
                service.start()

    def look_after(self) -> None:
        """Start again whatever ended by itself, with growing pauses when it does so at once."""
        now = time.monotonic()
        for service in self.services:
            process = service.process
            if process is None or process.poll() is None:
                continue
            if not service.not_before:
                service.failures = 0 if now - service.started_at > LONGEST_PAUSE else service.failures + 1
                pause = min(2.0 ** max(service.failures - 1, 0), LONGEST_PAUSE)
                service.not_before = now + pause
                self.say(f"{service.name} ended with {process.returncode}; starting it again")
                # What it left behind would stand in the way of the new one.
                service.signal(signal.SIGKILL)
            if now >= service.not_before:
                service.not_before = 0
                service.start()

    def run(self) -> None:
        """Look after the services until told to stop."""
        while not self.stopping:
            self.look_after()
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop every service, last stage first; whoever does not go within ``PATIENCE`` is killed."""
        for stage in sorted({service.stage for service in self.services}, reverse=True):
            of_stage = [service for service in self.services if service.stage == stage and service.process]
            for service in of_stage:
                # Only the head of the group: it tells its own children, and lets them finish.
                if service.process and service.process.poll() is None:
                    service.process.terminate()
            deadline = time.monotonic() + PATIENCE
            for service in of_stage:
                if service.process is None:
                    continue
                try:
                    service.process.wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    self.say(f"{service.name} does not stop; killing it")
                service.signal(signal.SIGKILL)
                service.process.wait()
