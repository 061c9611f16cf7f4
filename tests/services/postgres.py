"""A PostgreSQL of our own."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services.process import free_ports, program, server, unprivileged

HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""A suite's data may be lost with the machine; what is measured must be written as in earnest."""


@contextmanager
def postgres(folder: Path, *, durable: bool) -> Iterator[str]:
    """Run PostgreSQL in ``folder`` and give its database address."""
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    initdb = program("initdb", "postgresql", *folders)
    postgres_program = program("postgres", "postgresql", *folders)
    user = unprivileged()
    folder.mkdir()
    if user:
        shutil.chown(folder, user)
    subprocess.run(
        [initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        user=user,
    )
    [port] = free_ports()
    address = f"postgres://postgres@127.0.0.1:{port}/postgres"
    settings = [
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={folder}",
        "max_connections=200",
        "shared_buffers=256MB",
        *(() if durable else HASTY),
    ]
    command = [postgres_program, "-D", folder / "data", "-p", str(port)]
    for setting in settings:
        command += ["-c", setting]

    def answers() -> bool:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    log = folder.with_suffix(".log")
    with server(command, log=log, answers=answers, user=user, stop=signal.SIGINT):
        yield address
