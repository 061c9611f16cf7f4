"""How prepared files get to the storage and from it, with a sign of life while they are on their way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage

CHUNK = 1 << 20
Alive = Callable[[], None]


class _Ticking(File):  # type: ignore[type-arg]
    """A file that says so whenever it is read on."""

    def __init__(self, file: IO[Any], alive: Alive) -> None:
        super().__init__(file)
        self._inside = file
        self._alive = alive

    def read(self, *args: Any, **kwargs: Any) -> Any:
        self._alive()
        return self._inside.read(*args, **kwargs)


def fetched(name: str, folder: Path, alive: Alive) -> Path:
    """The stored file as a file of this machine: itself, or a copy in ``folder``."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        path = folder / "source"
        with default_storage.open(name) as stored, path.open("wb") as copy:
            while chunk := stored.read(CHUNK):
                copy.write(chunk)
                alive()
        return path
    if not path.exists():
        raise FileNotFoundError(name)
    return path


def put(name: str, path: Path, alive: Alive) -> None:
    """Store ``path`` under exactly this name. What an attempt before left there is replaced."""
    if default_storage.exists(name):
        default_storage.delete(name)
    with path.open("rb") as file:
        stored = default_storage.save(name, _Ticking(file, alive))
    if stored != name:
        default_storage.delete(stored)
        raise OSError(f"{name} was stored as {stored}")


def remove(name: str) -> None:
    """Delete a stored file; a name with a slash at its end is a folder. Nothing happens where there is nothing."""
    if not name.endswith("/"):
        default_storage.delete(name)
        return
    try:
        folders, files = default_storage.listdir(name)
    except FileNotFoundError:
        return
    for each in folders:
        remove(f"{name}{each}/")
    for each in files:
        default_storage.delete(f"{name}{each}")
    try:
        path = default_storage.path(name)
    except NotImplementedError:  # folders of a bucket are gone with their last file
        return
    shutil.rmtree(path, ignore_errors=True)
