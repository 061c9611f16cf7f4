"""CPU time of the servers under test, read from the kernel."""

import os
from collections import Counter
from contextlib import suppress
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


def _descendants(processes: dict[int, tuple[str, int, float]], root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid, (_, parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    found = []
    waiting = list(children.get(root, ()))
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, ()))
    return found


def descendants(root: int, name: str = "") -> list[int]:
    """Ids of the processes below ``root``, of those that the kernel calls ``name`` where it is given."""
    processes = _processes()
    return [pid for pid in _descendants(processes, root) if not name or processes[pid][0] == name]


def _below() -> dict[int, tuple[str, float]]:
    """Part and CPU seconds of every process below this one, by id."""
    processes = _processes()
    return {
        pid: (PARTS.get(processes[pid][0], "web"), processes[pid][2]) for pid in _descendants(processes, os.getpid())
    }


def servers_cpu_ms() -> Counter[str]:
    """CPU milliseconds spent so far by every process below this one, by part: web, database, redis."""
    spent: Counter[str] = Counter()
    for part, seconds in _below().values():
        spent[part] += round(seconds * 1000)
    return spent


def peak_rss_mb() -> int:
    """The most memory that any one web or worker process below this one has held at a time, in MiB."""
    peaks = [0]
    for pid, (part, _) in _below().items():
        if part == "web":
            with suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                peaks += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return round(max(peaks) / 1024)
