"""The platform itself, run as its users run it: web, workers and whatever of its services is embedded."""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from redis import Redis

from tests.services import ALL
from tests.services.process import free_ports, server
from tests.services.s3 import make_bucket
from tests.services.template import migrated

ROOT = Path(__file__).parents[2]


@dataclass
class Platform:
    """A running platform: where it answers, its main process, and what it wrote."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> None:
        """Run a management command beside it."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True, capture_output=True
        )


@contextmanager
def platform(
    given: Mapping[str, str] | None = None, *, static: Path | None = None, seconds: float = 600
) -> Iterator[Platform]:
    """Run the platform in a folder of its own on what is ``given``; the rest is embedded. Stopped on the way out.

    ``static`` keeps the prepared static files from one run to the next: preparing them takes long.
    """
    [port] = free_ports()
    # A short path: the embedded broker listens on a socket in it.
    with tempfile.TemporaryDirectory(prefix="diklat-") as folder:
        unwanted = {*ALL, "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "SIGNING_DIR"}
        environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        environment |= {"DATA_DIR": f"{folder}/data", "PORT": str(port), "WEB_WORKERS": "1", **(given or {})}
        environment |= {"SITE_URL": f"http://localhost:{port}", "PYTHONUNBUFFERED": "1"}
        log = Path(folder) / "log"
        if static and static.exists():
            shutil.copytree(static, f"{folder}/data/static")

        def answers() -> bool:
            try:
                return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return False

        command = [sys.executable, "-m", "lms.deploy"]
        with server(command, log=log, answers=answers, seconds=seconds, cwd=ROOT, environment=environment) as process:
            if static and not static.exists():
                shutil.copytree(f"{folder}/data/static", static)
            yield Platform(f"http://localhost:{port}", process, log, environment)


@contextmanager
def own_places(name: str) -> Iterator[dict[str, str]]:
    """A fresh, migrated database, fresh Redis databases and a fresh bucket called ``name`` on the suite's servers."""
    database = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {migrated(os.environ["DATABASE_URL"])}')
    storage = urlsplit(os.environ["STORAGE_URL"])
    values = {
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{name}")),
        "STORAGE_URL": urlunsplit(storage._replace(path=f"/{name.replace('_', '-')}")),
    }
    make_bucket(values["STORAGE_URL"])
    for variable in ("REDIS_URL", "CACHE_URL"):
        redis = urlsplit(os.environ[variable])
        # The workers of the suite have the first databases.
        values[variable] = urlunsplit(redis._replace(path=f"/{int(redis.path.strip('/') or 0) + 32}"))
        with Redis.from_url(values[variable]) as client:
            client.flushdb()
    try:
        yield values
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
