"""Where files live, and the short-lived addresses under which a browser may fetch them."""

import mimetypes
import secrets
import shutil
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError
from django.core.files.storage import FileSystemStorage
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

LINK_LIFETIME = 15 * 60
"""Seconds for which a file's address works."""

signer = TimestampSigner(salt="lms.common.storage")
part_signer = TimestampSigner(salt="lms.common.storage.parts")


def may_be_shown(name: str) -> bool:
    """Whether a browser may show the file in place: nothing that can hold a script."""
    kind = mimetypes.guess_type(name)[0] or ""
    return kind != "image/svg+xml" and (
        kind.startswith(("image/", "video/", "audio/")) or kind in ("application/pdf", "text/vtt", "text/plain")
    )


class InParts(Protocol):
    """A storage to which a browser sends a large file in parts, each to an address of its own.

    What has arrived is asked of the storage and kept nowhere else: an upload goes on after any break.
    """

    def begin_parts(self, name: str) -> str:
        """Open an upload; gives what names it."""

    def part_url(self, name: str, upload: str, number: int) -> str:
        """Where part ``number`` (from 1) may be PUT for ``LINK_LIFETIME`` seconds."""

    def parts(self, name: str, upload: str) -> dict[int, int]:
        """The size of each part that has arrived."""

    def join_parts(self, name: str, upload: str) -> None:
        """Make the parts the file ``name``."""

    def drop_parts(self, name: str, upload: str) -> None:
        """Throw away what has arrived. Safe to repeat."""


class DiskFiles(FileSystemStorage):
    """Files on this machine's disk, fetched and sent through signed addresses of ours."""

    def url(self, name: str | None, *, download_as: str | None = None) -> str:
        """An address for ``name`` that works for ``LINK_LIFETIME`` seconds."""
        query = {"as": download_as} if download_as else {}
        return reverse("files", args=[signer.sign(name or "")], query=query)

    def begin_parts(self, name: str) -> str:
        upload = secrets.token_urlsafe(18)
        self._part_folder(upload).mkdir(parents=True)
        return upload

    def part_url(self, name: str, upload: str, number: int) -> str:
        return reverse("file_part", args=[part_signer.sign(f"{upload}:{number}")])

    def part_path(self, signed: str) -> Path:
        """Where the part goes that a signed address names; raises ``BadSignature``."""
        upload, _, number = part_signer.unsign(signed, max_age=LINK_LIFETIME).rpartition(":")
        return self._part_folder(upload) / number

    def parts(self, name: str, upload: str) -> dict[int, int]:
        folder = self._part_folder(upload)
        found = folder.iterdir() if folder.is_dir() else ()
        return {int(path.name): path.stat().st_size for path in found if path.name.isdigit()}

    def join_parts(self, name: str, upload: str) -> None:
        folder = self._part_folder(upload)
        whole = folder / "whole"
        with whole.open("wb") as file:
            for number in sorted(self.parts(name, upload)):
                with (folder / str(number)).open("rb") as part:
                    shutil.copyfileobj(part, file, 1 << 20)
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        whole.replace(target)
        shutil.rmtree(folder)

    def drop_parts(self, name: str, upload: str) -> None:
        shutil.rmtree(self._part_folder(upload), ignore_errors=True)

    def _part_folder(self, upload: str) -> Path:
        return Path(self.location) / "parts" / upload


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

    def open_to_pages(self, origin: str) -> None:
        """Let scripts of our pages read what they have an address for, and send files in parts."""
        rule = {
            "AllowedOrigins": [origin],
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag", "Content-Range", "Content-Length"],
            "MaxAgeSeconds": 3600,
        }
        self._client.put_bucket_cors(Bucket=self.bucket_name, CORSConfiguration={"CORSRules": [rule]})

    def begin_parts(self, name: str) -> str:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        made = self._client.create_multipart_upload(Bucket=self.bucket_name, Key=name, ContentType=kind)
        return str(made["UploadId"])

    def part_url(self, name: str, upload: str, number: int) -> str:
        wanted = {"Bucket": self.bucket_name, "Key": name, "UploadId": upload, "PartNumber": number}
        return str(self._client.generate_presigned_url("upload_part", Params=wanted, ExpiresIn=LINK_LIFETIME))

    def parts(self, name: str, upload: str) -> dict[int, int]:
        return {part["PartNumber"]: part["Size"] for part in self._parts(name, upload)}

    def join_parts(self, name: str, upload: str) -> None:
        parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in self._parts(name, upload)]
        self._client.complete_multipart_upload(
            Bucket=self.bucket_name, Key=name, UploadId=upload, MultipartUpload={"Parts": parts}
        )

    def drop_parts(self, name: str, upload: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self.bucket_name, Key=name, UploadId=upload)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise

    def _parts(self, name: str, upload: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self.bucket_name, Key=name, UploadId=upload)
        return [part for page in pages for part in page.get("Parts", [])]

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def url(self, name: str | None, *, download_as: str | None = None) -> str:
        """An address for ``name`` that works for ``LINK_LIFETIME`` seconds."""
        parameters = {}
        if download_as or not may_be_shown(name or ""):
            filename = download_as or (name or "").rsplit("/", 1)[-1]
            parameters["ResponseContentDisposition"] = content_disposition_header(True, filename)
        return str(super().url(name, parameters=parameters))
