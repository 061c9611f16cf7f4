"""Real PostgreSQL, Redis and S3 servers for suite and benchmarks, on free loopback ports, stopped at the end."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services.postgres import postgres
from tests.services.process import Missing
from tests.services.redis import redis
from tests.services.s3 import s3

__all__ = ["ALL", "Missing", "running"]

ALL = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "STORAGE_URL")
"""The variables of the environment that the servers answer for."""


@contextmanager
def running(wanted: Collection[str] = ALL, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """Run the servers behind the ``wanted`` variables and give the variables' values; stop them on the way out.

    ``durable`` makes PostgreSQL and Redis write as they do in earnest: for measuring, not for tests.
    Raises ``Missing`` with one sentence that says what to install.
    """
    folder = Path(tempfile.mkdtemp(prefix="diklat-"))
    folder.chmod(0o755)
    values: dict[str, str] = {}
    try:
        with ExitStack() as servers:
            if "DATABASE_URL" in wanted:
                values["DATABASE_URL"] = servers.enter_context(postgres(folder / "postgres", durable=durable))
            if "REDIS_URL" in wanted:
                values["REDIS_URL"] = servers.enter_context(redis(folder / "broker", durable=durable)) + "/0"
            if "CACHE_URL" in wanted:
                values["CACHE_URL"] = servers.enter_context(redis(folder / "cache", durable=False)) + "/0"
            if "STORAGE_URL" in wanted:
                values["STORAGE_URL"] = servers.enter_context(s3(folder / "s3"))
            yield values
    finally:
        shutil.rmtree(folder, ignore_errors=True)
