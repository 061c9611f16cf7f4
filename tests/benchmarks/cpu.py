"""CPU time of the servers under test, read from the kernel."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, float] | None:
    """A process's parent, and the CPU seconds of itself and of the children it has already buried."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / TICKS


def children_cpu_seconds() -> float:
    """CPU seconds of every process below this one: the servers that it started, without itself."""
    own = os.getpid()
    children = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(int(path.name)) == own]
    return cpu_seconds(children)


def _parent(pid: int) -> int | None:
    stat = _stat(pid)
    return stat[0] if stat else None


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU seconds spent so far by these processes and all below them, dead ones included once they were waited for."""
    processes = {int(path.name): stat for path in Path("/proc").glob("[0-9]*") if (stat := _stat(int(path.name)))}
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    waiting, seconds = [pid for pid in roots if pid in processes], 0.0
    while waiting:
        pid = waiting.pop()
        seconds += processes[pid][1]
        waiting.extend(children.get(pid, ()))
    return seconds
