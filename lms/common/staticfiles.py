"""Static files: which of the front-end packages' files are ours to serve, and how hard they are pressed."""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

BROTLI_QUALITY = 6
"""11 costs fifty times as much for files a tenth smaller."""


class PackageFilesFinder(FileSystemFinder):
    """Files of ``STATICFILES_DIRS``, but of the front-end packages only those that pages ask for.

    The packages hold hundreds of files more, and each would be named, pressed and kept on every installation.
    """

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        for path, storage in super().list(ignore_patterns):
            prefix = getattr(storage, "prefix", "") or ""
            if not prefix.startswith("vendor/") or any(
                fnmatch(f"{prefix}/{path}", served) for served in settings.PACKAGE_FILES
            ):
                yield path, storage


class LightlyPressed(Compressor):  # type: ignore[misc]
    """Presses for a start in seconds."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=BROTLI_QUALITY))


_IMPORTS = (
    (
        r"""(?P<matched>import(?s:(?P<import>[\s\{].*?))\s*from\s*["'](?P<url>[./].*?)["']\s*;)""",
        """import%(import)s from "%(url)s";""",
    ),
    (r"""(?P<matched>import\(["'](?P<url>.*?)["']\))""", """import("%(url)s")"""),
)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Compressed static files whose names change with their content, inside JavaScript modules too."""

    # Only our own modules: the packages' folders hold files that import what they do not ship.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((glob, _IMPORTS) for glob in ("theme/js/*.js", "h5p/*.js")),
    )

    def create_compressor(self, **options: Any) -> Compressor:
        return LightlyPressed(**options)
