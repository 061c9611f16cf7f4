"""CPU time of the servers under test, read from the kernel."""

import os
from collections import Counter
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARTS = {"postgres": "database", "redis-server": "redis"}
"""What a process is part of, by the kernel's name for it; everything else is the web server."""


def _processes() -> dict[int, tuple[str, int, float]]:
    """Name, parent, and CPU seconds (with those of buried children) of every process, by id."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            text = (path / "stat").read_text()
        except OSError:
            continue
        front, _, back = text.rpartition(")")
        fields = back.split()
        found[int(path.name)] = (front.partition("(")[2], int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
    return found


def servers_cpu_ms() -> Counter[str]:
    """CPU milliseconds spent so far by every process below this one, by part: web, database, redis."""
    processes = _processes()
    children: dict[int, list[int]] = {}
    for pid, (_, parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    spent: Counter[str] = Counter()
    waiting = list(children.get(os.getpid(), ()))
    while waiting:
        pid = waiting.pop()
        name, _, seconds = processes[pid]
        spent[PARTS.get(name, "web")] += round(seconds * 1000)
        waiting.extend(children.get(pid, ()))
    return spent
