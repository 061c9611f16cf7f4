"""Several hosts behind nginx: everything named by the environment, nothing made up."""

from django.core.exceptions import ImproperlyConfigured

from lms.settings import env
from lms.settings.base import *  # noqa: F403

for _name in ("SECRET_KEY", "IDENTIFIER_KEY", "REDIS_URL", "CACHE_URL", "ALLOWED_HOSTS"):
    if not getattr(env, _name):
        raise ImproperlyConfigured(f"{_name} must be set in production; see lms/docs/settings.md")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
