"""The embedded default: SQLite, files on disk and an embedded broker, all below ``DATA_DIR``."""

import importlib.util
import secrets
from pathlib import Path

from lms.settings import env
from lms.settings.base import *  # noqa: F403
from lms.settings.base import INSTALLED_APPS, PACKAGES_HOST


def _kept_secret(name: str) -> str:
    """A secret made once for this installation and kept beside its data, readable by its owner only."""
    path = Path(env.DATA_DIR) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = env.SECRET_KEY or _kept_secret("secret_key")
IDENTIFIER_KEY = env.IDENTIFIER_KEY or _kept_secret("identifier_key")
DEMO = env.DEMO is not False
ALLOWED_HOSTS = [*(env.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]), PACKAGES_HOST]

if importlib.util.find_spec("django_linear_migrations"):
    INSTALLED_APPS += ["django_linear_migrations"]
