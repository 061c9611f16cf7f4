"""How ``STORAGE_URL`` is read; reads no environment itself."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files kept on this machine's disk."""

    root: Path


@dataclass(frozen=True, slots=True)
class S3Store:
    """Files kept in an S3 bucket. ``endpoint`` is ``None`` for Amazon's own."""

    access_key: str
    secret_key: str
    endpoint: str
    bucket: str
    region: str


def storage_from_url(url: str) -> FileStore | S3Store:
    """Read ``file:///folder`` or ``s3://KEY:SECRET@host:port/bucket?secure=0&region=R``.

    Raises ``ValueError`` naming what is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileStore(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ValueError(f"STORAGE_URL must start with file:// or s3://, not {parts.scheme!r}")
    bucket = parts.path.strip("/")
    if not (parts.username and parts.password and parts.hostname and bucket):
        raise ValueError("STORAGE_URL needs s3://KEY:SECRET@host[:port]/bucket")
    options = parse_qs(parts.query)
    scheme = "http" if options.get("secure", ["1"])[0] == "0" else "https"
    port = f":{parts.port}" if parts.port else ""
    return S3Store(
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        endpoint=f"{scheme}://{parts.hostname}{port}",
        bucket=bucket,
        region=options.get("region", ["default"])[0],
    )
