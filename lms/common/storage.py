"""Where files live, and the short-lived addresses under which a browser may fetch them."""

from typing import Any

from django.core.files.storage import FileSystemStorage
from django.core.signing import TimestampSigner
from django.urls import reverse
from storages.backends.s3 import S3Storage

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
