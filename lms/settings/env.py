"""Every environment variable the platform reads, checked once, in one place."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from environs import Env

ROOT = Path(__file__).resolve().parents[2]

env = Env()
env.read_env(str(ROOT / ".env"))

DATA_DIR: Path = env.path("DATA_DIR", ROOT / "var")
"""Where the embedded default keeps everything: database, files, keys, broker."""

DATABASE_URL: str = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR}/diklat.sqlite3")
REDIS_URL: str = env.str("REDIS_URL", "")
"""Broker of the task queue (``noeviction``, append-only). Empty: no broker, the sweep does the work."""
CACHE_URL: str = env.str("CACHE_URL", "")
"""Redis for cache and sessions (``allkeys-lru``). Empty: sessions in the database, cache in the process."""
STORAGE_URL: str = env.str("STORAGE_URL", f"file://{DATA_DIR}/files")
SITE_URL: str = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
SECRET_KEY: str = env.str("SECRET_KEY", "")
"""Signs sessions and links. The embedded default makes its own and keeps it in ``DATA_DIR``."""
IDENTIFIER_KEY: str = env.str("IDENTIFIER_KEY", "")
"""Encrypts NIK and keys the digests by which identifiers are found. Changing it loses both."""
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
EMAIL_URL: str = env.str("EMAIL_URL", "console:")
MAIL_FROM: str = env.str("MAIL_FROM", "Diklat <diklat@localhost>")
SIGNING_DIR: Path = env.path("SIGNING_DIR", DATA_DIR / "signing")
"""Holds the certificate signer's key and chain. Empty folder: a development CA is made there."""
ACCEL_REDIRECT: str = env.str("ACCEL_REDIRECT", "")
"""nginx's internal location for files on disk. Empty: the web process serves them itself."""


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
