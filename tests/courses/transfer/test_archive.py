"""Archives that attack are refused before anything of them is used."""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from courses.transfer.formats.archive import Limits, unpacked
from courses.transfer.formats.findings import Unreadable
from tests.factories.transfer import olx_archive


def entry(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, linkname: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, linkname
    return info


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as refused, unpacked(path, limits):
        pass
    return refused.value.code


def test_files_come_out_as_they_went_in(tmp_path):
    path = olx_archive(tmp_path, {"a.txt": "one", "b/c.txt": b"\x00\xff"})

    with unpacked(path) as archive:
        assert archive.read("course/a.txt") == b"one"
        assert archive.read("course/b/c.txt") == b"\x00\xff"


def test_nothing_is_left_on_disk_afterwards(tmp_path):
    with unpacked(olx_archive(tmp_path, {"a.txt": "one"})) as archive:
        folder = archive.files["course/a.txt"].parent

    assert not folder.exists()


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd", "..\\evil", "C:\\evil"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, name):
    for suffix in ("tar", "zip"):
        path = tmp_path / f"evil.{suffix}"
        if suffix == "tar":
            with tarfile.open(path, "w") as tar:
                tar.addfile(entry(name))
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(name, "x")

        assert refusal(path) == "path_escapes"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_left_out_and_named(tmp_path, kind):
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(entry("course/link", kind=kind, linkname="/etc/passwd"))
        tar.addfile(entry("course/real", 2), io.BytesIO(b"ok"))

    with unpacked(path) as archive:
        assert list(archive.files) == ["course/real"]
        assert [(fault.code, fault.path) for fault in archive.faults] == [("not_a_file", "course/link")]


def test_a_link_in_a_zip_is_left_out_and_named(tmp_path):
    path = tmp_path / "links.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with unpacked(path) as unpacked_archive:
        assert not unpacked_archive.files
        assert unpacked_archive.faults[0].code == "not_a_file"


def test_a_bomb_is_refused_while_it_is_being_unpacked(tmp_path):
    path = tmp_path / "bomb.tar.gz"
    with gzip.open(path, "wb", compresslevel=9) as stream:
        header = entry("course/zeros", 200_000_000).tobuf()
        stream.write(header)
        for _ in range(200):
            stream.write(bytes(1_000_000))

    assert refusal(path, Limits(ratio=100, bytes_free=1_000_000)) == "archive_too_large"


def test_a_zip_bomb_is_refused_while_it_is_being_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))

    assert refusal(path, Limits(ratio=100, bytes_free=1_000_000)) == "archive_too_large"


def test_a_header_too_long_to_be_honest_is_refused(tmp_path):
    path = tmp_path / "pax.tar"
    with path.open("wb") as file:
        file.write(entry("pax", 50_000_000, tarfile.XHDTYPE).tobuf(tarfile.USTAR_FORMAT))
        file.write(bytes(50_000_512))

    assert refusal(path) == "archive_too_large"


def test_a_tar_that_promises_more_than_it_holds_is_refused(tmp_path):
    path = tmp_path / "short.tar"
    path.write_bytes(entry("course/a", 100_000).tobuf() + bytes(512))

    assert refusal(path) in ("archive_damaged", "size_lies")


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path):
    path = tmp_path / "lies.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1_000_000))
    raw = bytearray(path.read_bytes())
    directory = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, directory + 24, 10)
    path.write_bytes(raw)

    assert refusal(path) in ("archive_damaged", "size_lies")


def test_too_many_files_are_refused(tmp_path):
    path = olx_archive(tmp_path, {f"{number}.txt": "x" for number in range(30)})

    assert refusal(path, Limits(files=20)) == "too_many_files"


def test_what_is_no_archive_is_refused(tmp_path):
    for name, content in {"text": b"hello", "empty": b"", "noise": os.urandom(4096), "cut": b"\x1f\x8b\x08"}.items():
        path = tmp_path / name
        path.write_bytes(content)

        assert refusal(path) == "archive_damaged", name


def test_a_damaged_gzip_is_refused(tmp_path):
    path = olx_archive(tmp_path, {"a.txt": os.urandom(20_000)})
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw[: len(raw) - 10])

    assert refusal(path) == "archive_damaged"


def test_an_encrypted_zip_is_refused(tmp_path):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "secret")
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    assert refusal(path) == "archive_encrypted"


def test_what_packers_add_for_themselves_is_passed_over(tmp_path):
    path = olx_archive(tmp_path, {"a.txt": "x", "._a.txt": "y", ".DS_Store": "z", "__MACOSX/a": "z"})

    with unpacked(path) as archive:
        assert list(archive.files) == ["course/a.txt"]
