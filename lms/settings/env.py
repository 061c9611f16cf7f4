"""Every environment variable the platform reads, checked once, in one place."""

import os
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parents[2]

env = Env()
env.read_env(str(ROOT / ".env"))

DATA_DIR: Path = env.path("DATA_DIR", ROOT / "var")
"""Where the embedded default keeps everything: database, files, keys, broker."""

DATABASE_URL: str = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR}/diklat.sqlite3")
DATABASE_POOL: int = env.int("DATABASE_POOL", 0)
"""Connections that the threads of one web process share (PostgreSQL). 0: each thread keeps its own."""
DATABASE_PREPARE: bool = env.bool("DATABASE_PREPARE", True)
"""Whether PostgreSQL keeps the plans of what is asked at every step. A pooler must know of prepared statements."""
REDIS_URL: str = env.str("REDIS_URL", "")
"""Broker of the task queue (``noeviction``, append-only). Empty: no broker, the sweep does the work."""
CACHE_URL: str = env.str("CACHE_URL", "")
"""Redis for cache and sessions (``allkeys-lru``). Empty: sessions in the database, cache in the process."""
STORAGE_URL: str = env.str("STORAGE_URL", f"file://{DATA_DIR}/files")
HOST: str = env.str("HOST", "127.0.0.1")
PORT: int = env.int("PORT", 8000)
WEB_WORKERS: int = env.int("WEB_WORKERS", min(os.cpu_count() or 1, 4))
WEB_THREADS: int = env.int("WEB_THREADS", 8 if DATABASE_URL.startswith("sqlite") else 64)
"""SQLite has one writer at a time; on PostgreSQL, who waits for her group holds a thread and nothing else."""
CLICKS_AT_ONCE: int = env.int("CLICKS_AT_ONCE", WEB_THREADS)
"""How many clicks on *Enroll* one web process lets in at once. The others are given a number in the queue, as are those
that had to wait long for a thread."""
DEMO: bool | None = env.bool("DEMO", None)
"""Whether to keep a demo ministry; unsaid, the embedded default has one and production has none."""
SITE_URL: str = env.str("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
PACKAGES_URL: str = env.str("PACKAGES_URL", "").rstrip("/")
"""Where SCORM and cmi5 packages play: a host name that leads to the same server and is used for nothing else."""
SECRET_KEY: str = env.str("SECRET_KEY", "")
"""Signs sessions and links. The embedded default makes its own and keeps it in ``DATA_DIR``."""
IDENTIFIER_KEY: str = env.str("IDENTIFIER_KEY", "")
"""Encrypts NIK and keys the digests by which identifiers are found. Changing it loses both."""
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
SIGN_IN_LIMIT: str = env.str("SIGN_IN_LIMIT", "1200/m/ip")
"""Sign-ins from one network address, e.g. ``1200/m/ip``. A whole office shares one address. Empty: no limit."""
EMAIL_URL: str = env.str("EMAIL_URL", f"file:///{DATA_DIR}/mail")
"""Without a mail server each message becomes a file: what is written to people has no place in a log."""
MAIL_FROM: str = env.str("MAIL_FROM", "Diklat <diklat@localhost>")
SIGNING_DIR: Path = env.path("SIGNING_DIR", DATA_DIR / "signing")
"""Holds the certificate signer's key and chain. Empty folder: a development CA is made there."""
ACCEL_REDIRECT: str = env.str("ACCEL_REDIRECT", "")
"""nginx's internal location for files on disk. Empty: the web process serves them itself."""
