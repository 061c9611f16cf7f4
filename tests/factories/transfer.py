"""Course archives made for a test, honest ones and hostile ones."""

import io
import tarfile
from pathlib import Path

COURSE = '<course url_name="run" org="Org" course="C1"/>'


def olx_archive(folder: Path, files: dict[str, str | bytes], *, name: str = "course.tar.gz") -> Path:
    """A tar.gz as Studio exports it: everything under ``course/``."""
    path = folder / name
    with tarfile.open(path, "w:gz") as tar:
        for inner, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(f"course/{inner}")
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return path


def lesson_archive(folder: Path, blocks: str, files: dict[str, str | bytes] | None = None) -> Path:
    """A course of one section and one lesson holding ``blocks``."""
    return olx_archive(
        folder,
        {
            "course.xml": COURSE,
            "course/run.xml": (
                '<course display_name="A course"><chapter url_name="ch" display_name="A section">'
                '<sequential url_name="seq" display_name="A subsection">'
                f'<vertical url_name="unit" display_name="A lesson">{blocks}</vertical>'
                "</sequential></chapter></course>"
            ),
            **(files or {}),
        },
    )
