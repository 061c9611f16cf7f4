"""A Redis of our own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import free_ports, listens, program, server

DATABASES = 64


@contextmanager
def redis(folder: Path, *, durable: bool = False, port: int | None = None) -> Iterator[str]:
    """Run Redis in ``folder``, on ``port`` or any free one, and give its address without the database's number."""
    command = program("redis-server", "redis-server")
    port = port or free_ports()[0]
    folder.mkdir(exist_ok=True)
    options = {
        "--port": port,
        "--bind": "127.0.0.1",
        "--dir": folder,
        "--databases": DATABASES,
        "--save": "",
        "--appendonly": "yes" if durable else "no",
    }
    arguments = [str(part) for option in options.items() for part in option]
    with server([command, *arguments], log=folder / "log", answers=lambda: listens(port)):
        yield f"redis://127.0.0.1:{port}"
