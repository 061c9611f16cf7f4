"""Where files live, and the short-lived addresses under which a browser may fetch them."""

import mimetypes
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

LINK_LIFETIME = 15 * 60
"""Seconds for which a file's address works."""

signer = TimestampSigner(salt="lms.common.storage")


def may_be_shown(name: str) -> bool:
    """Whether a browser may show the file in place: nothing that can hold a script."""
    kind = mimetypes.guess_type(name)[0] or ""
    return kind != "image/svg+xml" and (
        kind.startswith(("image/", "video/", "audio/")) or kind in ("application/pdf", "text/vtt", "text/plain")
    )


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
        parameters = {}
        if download_as or not may_be_shown(name or ""):
            filename = download_as or (name or "").rsplit("/", 1)[-1]
            parameters["ResponseContentDisposition"] = content_disposition_header(True, filename)
        return str(super().url(name, parameters=parameters))
