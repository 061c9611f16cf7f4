"""Reading a zip file that a stranger packed: nothing in it is believed, not even its sizes.

Standard library only. Nothing is written to disk; every byte is counted while it is inflated.
"""

import copy
import hashlib
import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from courses.packages.problems import Problem, Unreadable, Vocabulary
from courses.packages.problems import marked as _

MEGABYTE = 1024 * 1024
CHUNK = MEGABYTE // 4
HEAD = 4096

says = Vocabulary(
    {
        "file-too-large": _("The file is larger than %(limit)s MB, the most that can be uploaded."),
        "not-a-zip": _("This is not a zip file. Export it again from the program that made it."),
        "damaged": _("The file is damaged or was cut off. Upload it once more, or export it again."),
        "damaged-file": _("%(path)s is damaged inside the package. Export the package again."),
        "encrypted": _("The package is protected by a password. Save it without one."),
        "compression-unknown": _("%(path)s is packed in a way that is not read here. Pack it as an ordinary zip."),
        "too-many-files": _("The package holds more than %(limit)s files."),
        "too-much-inside": _("Unpacked, the package would be far larger than it should be (%(path)s)."),
        "size-lies": _("The package says something else about the size of %(path)s than it holds."),
        "path-escapes": _("The package tries to write outside its own folder (%(path)s)."),
        "bad-name": _("The file name %(path)s cannot be used everywhere. Rename the file."),
        "not-a-file": _("%(path)s is a link or a device, not a file."),
        "duplicate-name": _("The package holds several different files named %(path)s."),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a package may hold."""

    packed: int = 200 * MEGABYTE
    unpacked: int = 600 * MEGABYTE
    each: int = 300 * MEGABYTE
    files: int = 10_000
    ratio: int = 100
    """How many times larger than the package its content may be, once past ``free``."""
    free: int = 20 * MEGABYTE
    name: int = 255
    """Bytes of a path inside the package."""


@dataclass(slots=True)
class ZippedFile:
    """One file of a package, to be read once and at once: the next one takes its place."""

    name: str
    _chunks: Iterator[bytes]
    head: bytes = b""
    """Its first bytes, by which its kind is told."""
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0
    _rest: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        while len(self.head) < HEAD and (chunk := next(self._chunks, b"")):
            self._take(chunk)
            self._rest.append(chunk)
            self.head += chunk[:HEAD]
        self.head = self.head[:HEAD]

    def chunks(self) -> Iterator[bytes]:
        """All of its bytes, in pieces."""
        yield from self._rest
        self._rest = []
        for chunk in self._chunks:
            self._take(chunk)
            yield chunk

    def read(self, limit: int) -> bytes | None:
        """All of its bytes, or nothing when there are more than ``limit``."""
        whole = bytearray()
        for chunk in self.chunks():
            if len(whole) + len(chunk) > limit:
                return None
            whole += chunk
        return bytes(whole)

    def finish(self) -> bytes:
        """Read what is left and return the fingerprint (SHA-256) of all."""
        for _chunk in self.chunks():
            pass
        return self._digest.digest()

    def _take(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size += len(chunk)


@dataclass(slots=True)
class Zip:
    """An opened package whose list of files has been looked over; ``problems`` holds what is wrong with names."""

    _archive: zipfile.ZipFile
    _limits: Limits
    _allowed: int
    entries: list[tuple[str, zipfile.ZipInfo]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fingerprints: dict[str, bytes] = field(default_factory=dict)
    """SHA-256 of every file that was read."""
    sizes: dict[str, int] = field(default_factory=dict)
    _by_name: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    _total: int = 0

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _info in self.entries))

    def files(self) -> Iterator[ZippedFile]:
        """Every file once, in the order packed. Raises ``Unreadable`` as soon as something is not as promised.

        A name that comes again with the same bytes is passed over; with other bytes it is a problem.
        """
        for name, info in self.entries:
            file = ZippedFile(name, self._inflate(name, info, self._allowed - self._total))
            if name not in self.fingerprints:
                yield file
            fingerprint = file.finish()
            if self.fingerprints.setdefault(name, fingerprint) != fingerprint:
                self.problems.append(says("duplicate-name", name))
            self.sizes[name] = file.size
            self._total += file.size

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of one file in pieces."""
        if not self._by_name:
            self._by_name = dict(reversed(self.entries))
        return self._inflate(name, self._by_name[name], self._limits.each)

    def _inflate(self, name: str, info: zipfile.ZipInfo, room: int) -> Iterator[bytes]:
        most = min(room, self._limits.each)
        unbound = copy.copy(info)
        # zipfile stops at the promised size; this is past it, so that more than was promised is seen.
        unbound.file_size = most + CHUNK
        size = 0
        try:
            with self._archive.open(unbound) as source:
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise Unreadable(says("too-much-inside", name))
                    yield chunk
        except _DAMAGE as error:
            raise Unreadable(says("damaged-file", name)) from error
        if size != info.file_size:
            raise Unreadable(says("size-lies", name))


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)


@contextmanager
def opened(
    path: Path, limits: Limits | None = None, ignored: Callable[[str], bool] = lambda name: False
) -> Iterator[Zip]:
    """Open a package and look over its list of files; files whose name is ``ignored`` are left out.

    Raises ``Unreadable`` for what is no zip file, is damaged or encrypted, or promises more than the limits allow.
    """
    limits = limits or Limits()
    packed = path.stat().st_size
    if packed > limits.packed:
        raise Unreadable(says("file-too-large", limit=limits.packed // MEGABYTE))
    with path.open("rb") as raw:
        if raw.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            raise Unreadable(says("not-a-zip"))
        guarded = _GuardedFile(raw, limits.files * 256, limits.files)
        try:
            archive = zipfile.ZipFile(guarded)
        except _DAMAGE as error:
            raise Unreadable(says("damaged")) from error
        guarded.longest = None
        with archive:
            allowed = min(limits.unpacked, max(limits.free, packed * limits.ratio))
            opened_zip = Zip(archive, limits, allowed)
            _look_over(opened_zip, archive, ignored)
            yield opened_zip


class _GuardedFile(io.BufferedIOBase):
    """A file that does not hand out a list of files longer than is honest, which would fill the memory."""

    def __init__(self, raw: IO[bytes], longest: int, files: int) -> None:
        self.raw_file = raw
        self.longest: int | None = longest
        self.files = files

    def read(self, size: int | None = -1, /) -> bytes:
        if self.longest is not None and size is not None and size > self.longest:
            raise Unreadable(says("too-many-files", limit=self.files))
        return self.raw_file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self.raw_file.seek(offset, whence)

    def tell(self) -> int:
        return self.raw_file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _look_over(opened_zip: Zip, archive: zipfile.ZipFile, ignored: Callable[[str], bool]) -> None:
    limits = opened_zip._limits
    infos = archive.infolist()
    if len(infos) > limits.files:
        raise Unreadable(says("too-many-files", limit=limits.files))
    promised = 0
    by_folded: dict[str, str] = {}
    for info in infos:
        name = _name_of(info)
        fault = name_fault(name.removesuffix("/"), limits.name)
        if fault == "path-escapes" or (fault and not ignored(name)):
            opened_zip.problems.append(says(fault, name))
            continue
        if name.endswith("/") or ignored(name):
            continue
        promised += info.file_size
        if info.flag_bits & 0x1:
            raise Unreadable(says("encrypted"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable(says("compression-unknown", name))
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            opened_zip.problems.append(says("not-a-file", name))
            continue
        if info.file_size > limits.each or promised > opened_zip._allowed:
            raise Unreadable(says("too-much-inside", name))
        known = by_folded.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if known != name:
            opened_zip.problems.append(says("duplicate-name", name))
            continue
        opened_zip.entries.append((name, info))


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as packed: packers of old wrote UTF-8 without saying so."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


_DRIVE = re.compile(r"^[A-Za-z]:")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_NOT_EVERYWHERE = re.compile(r'[<>:"|?*]')
_TURNS_AROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that make a name read backward, so that ``gpj.exe`` looks like a picture."""


def name_fault(name: str, longest: int = 255) -> str | None:
    """The code of what is wrong with a path inside a package, or ``None``."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or ".." in parts:
        return "path-escapes"
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "bad-name"
    if length > longest or _TURNS_AROUND.search(name) or any(unicodedata.category(letter) == "Cc" for letter in name):
        return "bad-name"
    if _NOT_EVERYWHERE.search(name):
        return "bad-name"
    if any(part in ("", ".") or part != part.rstrip(" .") or _RESERVED.match(part) for part in parts):
        return "bad-name"
    return None
