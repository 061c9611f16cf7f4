"""A migrated database to copy, so that the migrations run once for all workers of the suite and not in each."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).parents[2]


def migrated(url: str) -> str:
    """The name of a migrated database on the server of ``url``; whoever asks first makes it while others wait.

    It is named after the migrations, so that a server kept running never gives an outdated one. Nothing may stay
    connected to it: PostgreSQL copies only a database that nobody uses.
    """
    name = f"migrated_{_digest()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute("DROP DATABASE IF EXISTS migrating WITH (FORCE)")
            connection.execute("CREATE DATABASE migrating")
            _migrate(urlunsplit(urlsplit(url)._replace(path="/migrating")))
            connection.execute(f"ALTER DATABASE migrating RENAME TO {name}")
    return name


def _digest() -> str:
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for top in ("lms", "courses", "assessments", "certificates"):
        for path in sorted((ROOT / top).glob("**/migrations/*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "lms.settings.test"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The migrations failed:\n{done.stderr[-4000:]}")
