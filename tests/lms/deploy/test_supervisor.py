"""The supervisor keeps its services running and leaves none behind, shown on small ones."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lms.deploy.supervisor import Service, Supervisor

NOTE = 'echo "$0 $$" >> {file}; '


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "notes"


def service(name, notes, script="while :; do sleep 0.1; done", **options):
    """A shell that writes down its name and process, then runs ``script``."""
    return Service(name, ["/bin/sh", "-c", NOTE.format(file=notes) + script, name], **options)


def started(notes):
    return [line.split()[0] for line in notes.read_text().splitlines()] if notes.exists() else []


def processes(notes):
    return [int(line.split()[1]) for line in notes.read_text().splitlines()]


def until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def supervise():
    """Run a supervisor in a thread until the end of the test; gives it and what it said."""
    made = []

    def run(services):
        said = []
        supervisor = Supervisor(services, said.append)
        for stage in sorted({each.stage for each in services}):
            supervisor.start(stage)
        thread = threading.Thread(target=supervisor.run, daemon=True)
        thread.start()
        made.append((supervisor, thread))
        return supervisor, said

    yield run
    for supervisor, thread in made:
        supervisor.stopping = True
        thread.join(10)
        supervisor.stop()


def test_a_service_that_is_killed_is_started_again(supervise, notes):
    _, said = supervise([service("web", notes)])
    until(lambda: started(notes) == ["web"])

    os.kill(processes(notes)[0], signal.SIGKILL)

    until(lambda: started(notes) == ["web", "web"])
    assert said == ["web ended with -9; starting it again"]


def test_what_a_dead_service_leaves_behind_is_taken_away(supervise, notes, tmp_path):
    child = tmp_path / "child"
    script = f"sleep 1000 & echo $! > {child}; wait"
    supervise([service("web", notes, script)])
    until(lambda: child.exists() and child.read_text().strip())
    left_behind = int(child.read_text())

    os.kill(processes(notes)[0], signal.SIGKILL)

    until(lambda: not is_alive(left_behind))


def test_a_service_that_cannot_run_is_tried_with_growing_pauses(supervise, notes):
    broken = service("broken", notes, "exit 3")
    supervise([broken])

    time.sleep(4.5)

    # At 0, 1 and 3 seconds, the next at 7.
    assert 2 <= len(started(notes)) <= 3
    assert broken.failures >= 2


def test_the_others_run_on_while_one_is_down(supervise, notes):
    good = service("good", notes)
    supervise([good, service("broken", notes, "exit 3")])

    time.sleep(1)

    assert started(notes).count("good") == 1
    assert good.process.poll() is None


def test_all_are_stopped_the_last_stage_first(notes):
    farewell = "trap 'echo \"$0-gone $$\" >> {file}; exit 0' TERM; while :; do sleep 0.1; done"
    services = [service(f"stage{stage}", notes, farewell.format(file=notes), stage=stage) for stage in (0, 1, 2)]
    supervisor = Supervisor(services, lambda text: None)
    for stage in (0, 1, 2):
        supervisor.start(stage)
        until(lambda stage=stage: len(started(notes)) == stage + 1)
    time.sleep(0.3)

    supervisor.stop()

    assert started(notes)[3:] == ["stage2-gone", "stage1-gone", "stage0-gone"]
    assert not any(is_alive(process) for process in processes(notes))


def test_who_does_not_go_is_killed(notes, monkeypatch):
    monkeypatch.setattr("lms.deploy.supervisor.PATIENCE", 0.5)
    said = []
    supervisor = Supervisor([service("deaf", notes, "trap '' TERM; while :; do sleep 0.1; done")], said.append)
    supervisor.start(1)
    until(lambda: started(notes))
    time.sleep(0.3)

    supervisor.stop()

    assert said == ["deaf does not stop; killing it"]
    assert not is_alive(processes(notes)[0])


def test_nobody_outlives_a_supervisor_that_is_killed(notes):
    script = (
        "import time; from lms.deploy.supervisor import *; "
        f"s = Service('web', ['/bin/sh', '-c', 'echo web $$ >> {notes}; exec sleep 1000']); s.start(); time.sleep(1000)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[3])
    until(lambda: started(notes))
    [child] = processes(notes)

    parent.kill()
    parent.wait()

    until(lambda: not is_alive(child))
