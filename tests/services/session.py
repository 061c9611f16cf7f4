"""What each worker of the suite has for itself on the shared servers: a Redis database, a bucket, a folder."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.services.s3 import make_bucket


def environment_of_worker(worker: str) -> dict[str, str]:
    """The variables for ``worker`` (``gw0`` ..., empty without xdist); its database is pytest-django's."""
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    folder = f"{os.environ['DATA_DIR']}/{worker or 'alone'}"
    Path(folder).mkdir()
    return {
        "DATA_DIR": folder,
        "SIGNING_DIR": f"{folder}/signing",
        "REDIS_URL": _shifted(os.environ["REDIS_URL"], number),
        "CACHE_URL": _shifted(os.environ["CACHE_URL"], number),
        "STORAGE_URL": _own_place(os.environ["STORAGE_URL"], worker),
    }


def _shifted(url: str, number: int) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}"))


def _own_place(url: str, worker: str) -> str:
    if not worker:
        return url
    parts = urlsplit(url)
    if parts.scheme == "s3":
        own = urlunsplit(parts._replace(path=f"{parts.path}-{worker}"))
        make_bucket(own)
        return own
    return urlunsplit(parts._replace(path=f"{parts.path}/{worker}"))
