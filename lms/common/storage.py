"""Where files live, and the short-lived addresses under which a browser may fetch them."""

from typing import Any

from django.core.files.storage import FileSystemStorage
from django.core.signing import TimestampSigner
from django.urls import reverse
from storages.backends.s3 import S3Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

LINK_LIFETIME = 15 * 60
"""Seconds for which a file's address works."""

signer = TimestampSigner(salt="lms.common.storage")


class DiskFiles(FileSystemStorage):
    """Files on this machine's disk, fetched through a signed address of ours."""

    def url(self, name: str | None, *, download_as: str | None = None) -> str:
        """An address for ``name`` that works for ``LINK_LIFETIME`` seconds."""
        query = {"as": download_as} if download_as else {}
        return reverse("files", args=[signer.sign(name or "")], query=query)


class S3Files(S3Storage):  # type: ignore[misc]
    """Files in a private bucket, fetched by presigned address straight from the storage."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            **{
                "default_acl": None,
                "querystring_auth": True,
                "querystring_expire": LINK_LIFETIME,
                "file_overwrite": False,
                "addressing_style": "path",
                "signature_version": "s3v4",
                **settings,
            }
        )

    def url(self, name: str | None, *, download_as: str | None = None) -> str:
        """An address for ``name`` that works for ``LINK_LIFETIME`` seconds."""
        parameters = {"ResponseContentDisposition": f'attachment; filename="{download_as}"'} if download_as else None
        return str(super().url(name, parameters=parameters))


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Compressed static files whose names change with their content, inside JavaScript modules too."""

    # Only our own modules: the packages' folders hold files that import what they do not ship.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "theme/js/*.js",
            (
                (
                    r"""(?P<matched>import(?s:(?P<import>[\s\{].*?))\s*from\s*["'](?P<url>[./].*?)["']\s*;)""",
                    """import%(import)s from "%(url)s";""",
                ),
                (r"""(?P<matched>import\(["'](?P<url>.*?)["']\))""", """import("%(url)s")"""),
            ),
        ),
    )
