"""Putting the files of a package into the storage, and reading them back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.core.files.base import File
from django.core.files.storage import default_storage

from courses.packages.zips import MEGABYTE, opened


def put_files(package: Path, names: Mapping[str, str], ignored: Callable[[str], bool]) -> None:
    """Store files of a package that was looked over; ``names`` has the storage's name for each path in the package.

    Names say what the bytes are: what is there already is left, and storing again after a crash does no harm.
    """
    with opened(package, ignored=ignored) as packed:
        for path, name in names.items():
            if default_storage.exists(name):
                continue
            with SpooledTemporaryFile(max_size=MEGABYTE) as body:
                for chunk in packed.stream(path):
                    body.write(chunk)
                body.seek(0)
                stored = default_storage.save(name, File(body))
            if stored != name:
                # Another import was quicker, and the disk's storage gave this one a name of its own.
                default_storage.delete(stored)


def chunks_of(name: str) -> Callable[[], Iterable[bytes]]:
    """Reads a stored file when it is its turn."""

    def read() -> Iterator[bytes]:
        with default_storage.open(name, "rb") as stored:
            yield from File(stored).chunks()

    return read
