"""Reading an archive that a stranger packed: nothing in it is believed, not even its sizes."""

import bz2
import gzip
import lzma
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from courses.transfer.formats.findings import Fault, Unreadable

CHUNK = 1024 * 1024
LARGEST_HEADER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold once unpacked."""

    files: int = 20_000
    bytes_each: int = 512 * CHUNK
    bytes_total: int = 2048 * CHUNK
    ratio: int = 400
    """How many times larger than the archive its content may be, once past ``bytes_free``."""
    bytes_free: int = 64 * CHUNK


@dataclass
class Archive:
    """The files of an archive by the path it gives them, kept on disk under names of ours."""

    files: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def read(self, path: str) -> bytes:
        return self.files[path].read_bytes()

    def size(self, path: str) -> int:
        return self.files[path].stat().st_size


@contextmanager
def unpacked(path: Path, limits: Limits | None = None) -> Iterator[Archive]:
    """Unpack a tar (plain, gzip, bzip2, xz) or zip into a folder that is gone afterwards.

    Raises ``Unreadable`` for what is no archive, is damaged, tries to leave its folder or outgrows the limits. Links
    and devices are left out and named.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        unpacking = _Unpacking(Path(folder), path.stat().st_size, limits or Limits())
        try:
            if zipfile.is_zipfile(path):
                unpacking.read_zip(path)
            else:
                unpacking.read_tar(path)
        except (
            tarfile.TarError,
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            OSError,
            ValueError,
            MemoryError,
        ) as error:
            raise Unreadable("archive_damaged", detail=str(error)[:200]) from error
        except (RuntimeError, NotImplementedError) as error:
            raise Unreadable("archive_encrypted") from error
        yield unpacking.archive


class _Unpacking:
    def __init__(self, folder: Path, packed_size: int, limits: Limits) -> None:
        self.folder = folder
        self.limits = limits
        self.allowed = min(limits.bytes_total, max(limits.bytes_free, packed_size * limits.ratio))
        self.total = 0
        self.entries = 0
        self.archive = Archive()

    def read_tar(self, path: Path) -> None:
        # The whole stream is inflated first, counted: headers can be bombs as well as files.
        with tempfile.TemporaryFile(dir=self.folder) as plain:
            self._inflate(path, plain)
            self.total = 0
            with tarfile.open(fileobj=plain, mode="r:", tarinfo=_Header, errorlevel=2) as tar:
                for member in tar:
                    self._count_entry()
                    name = self._safe_name(member.name)
                    if member.isdir() or name is None:
                        continue
                    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                        self.archive.faults.append(Fault("not_a_file", name))
                        continue
                    source = tar.extractfile(member)
                    if source is not None:
                        self._keep(name, source, member.size)

    def _inflate(self, path: Path, plain: IO[bytes]) -> None:
        with path.open("rb") as start:
            magic = start.read(6)
        opener = _opener(magic)
        written = 0
        with opener(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                written += len(chunk)
                if written > self.allowed:
                    raise Unreadable("archive_too_large")
                plain.write(chunk)
        plain.seek(0)

    def read_zip(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                self._count_entry()
                name = self._safe_name(entry.filename)
                if entry.is_dir() or name is None:
                    continue
                mode = entry.external_attr >> 16
                if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                    self.archive.faults.append(Fault("not_a_file", name))
                    continue
                with archive.open(entry) as source:
                    self._keep(name, source, entry.file_size)

    def _count_entry(self) -> None:
        self.entries += 1
        if self.entries > self.limits.files:
            raise Unreadable("too_many_files", limit=self.limits.files)

    def _safe_name(self, name: str) -> str | None:
        """The entry's path inside the archive, or ``None`` for what packers add for themselves."""
        text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\\", "/")
        path = PurePosixPath(text)
        if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
            raise Unreadable("path_escapes", path=text[:200])
        if "\x00" in text or len(text) > 1000:
            raise Unreadable("path_escapes", path=text[:200].replace("\x00", ""))
        if not path.parts or "__MACOSX" in path.parts or path.name.startswith("._") or path.name == ".DS_Store":
            return None
        return unicodedata.normalize("NFC", str(path))

    def _keep(self, name: str, source: IO[bytes], promised: int) -> None:
        target = self.folder / f"{len(self.archive.files) + len(self.archive.faults)}-{self.entries}"
        written = 0
        with target.open("wb") as sink:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                self.total += len(chunk)
                if written > self.limits.bytes_each or self.total > self.allowed:
                    raise Unreadable("archive_too_large")
                sink.write(chunk)
        if written != promised:
            raise Unreadable("size_lies", path=name)
        if name in self.archive.files:
            self.archive.faults.append(Fault("path_twice", name))
        self.archive.files[name] = target


class _Header(tarfile.TarInfo):
    """A header that refuses extensions too long to be honest, before they are read into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        header = super().frombuf(buf, encoding, errors)
        extensions = (
            tarfile.XHDTYPE,
            tarfile.XGLTYPE,
            tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME,
            tarfile.GNUTYPE_LONGLINK,
        )
        if header.type in extensions and header.size > LARGEST_HEADER:
            raise Unreadable("archive_too_large")
        return header


def _opener(magic: bytes) -> Callable[[Path, str], Any]:
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open
    if magic.startswith(b"BZh"):
        return bz2.open
    if magic.startswith(b"\xfd7zXZ\x00"):
        return lzma.open
    return open
